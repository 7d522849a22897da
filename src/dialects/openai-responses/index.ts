import type { Dialect } from '../dialect.ts';
import { readObject, readText } from '../fields.ts';
import { openAiFaultBody } from '../openai-common/faults.ts';
import { OPENAI_ORIGINS } from '../openai-common/origins.ts';
import { openAiUsage } from '../openai-common/usage.ts';
import { answerProse, requestProse } from '../prose.ts';
import { readProviderError } from '../provider-error.ts';
import { describeResponses } from './describe.ts';
import { ResponseMender } from './form.ts';
import { dropLogprobs, responseFinish, responsesStream } from './stream.ts';

/** `POST /v1/responses`, `GET` and `DELETE /v1/responses/{id}` */
export const openAiResponses: Dialect = {
  id: 'openai-responses',
  describe: describeResponses,
  texts: (body, files) => requestProse(body, OPENAI_ORIGINS, 'user', files),
  answerTexts: (body) => answerProse(body, OPENAI_ORIGINS),
  answerUsage: (body) => openAiUsage(body.usage, body),
  answerFinish: responseFinish,
  /** What is not stored cannot be asked for again, whoever made it. */
  responseId(json) {
    const response = readObject(json.response) ?? json;
    return response.store === false ? undefined : readText(response.id);
  },
  setOutputCap(body, tokens) {
    body.max_output_tokens = tokens;
  },
  setModel(body, model) {
    body.model = model;
  },
  dropTokenEchoes: dropLogprobs,
  faultBody: openAiFaultBody,
  providerError: readProviderError,
  mender: (facts) => new ResponseMender(facts),
  stream: responsesStream,
};
