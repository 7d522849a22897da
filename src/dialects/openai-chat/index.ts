import type { JsonObject } from '../../core/json.ts';
import type { Dialect } from '../dialect.ts';
import { objectsIn, readText } from '../fields.ts';
import { dropChoiceLogprobs } from '../openai-common/chunks.ts';
import { openAiFaultBody } from '../openai-common/faults.ts';
import { OPENAI_ORIGINS } from '../openai-common/origins.ts';
import { openAiUsage } from '../openai-common/usage.ts';
import { answerProse, requestProse } from '../prose.ts';
import { readProviderError } from '../provider-error.ts';
import { describeChat, setChatCap } from './describe.ts';
import { ChatMender } from './form.ts';
import { chatStream } from './stream.ts';

/** `finish_reason` of the first choice. */
function firstFinish(body: JsonObject): string | undefined {
  return readText(objectsIn(body.choices)[0]?.finish_reason);
}

/** `POST /v1/chat/completions` */
export const openAiChat: Dialect = {
  id: 'openai-chat',
  describe: describeChat,
  texts: (body, files) => requestProse(body, OPENAI_ORIGINS, 'user', files),
  answerTexts: (body) => answerProse(body),
  answerUsage: (body) => openAiUsage(body.usage, body),
  answerFinish: firstFinish,
  setOutputCap: setChatCap,
  setModel(body, model) {
    body.model = model;
  },
  dropTokenEchoes: dropChoiceLogprobs,
  faultBody: openAiFaultBody,
  providerError: readProviderError,
  mender: (facts) => new ChatMender(facts),
  stream: chatStream,
};
