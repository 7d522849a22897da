import { NO_USAGE } from '../../core/usage.ts';
import type { Dialect } from '../dialect.ts';
import { readText } from '../fields.ts';
import { refuseStream, unstreamed } from '../openai-common/unstreamed.ts';
import { answerProse, type Origin, requestProse } from '../prose.ts';
import { readProviderError } from '../provider-error.ts';
import { describeMessages } from './describe.ts';
import { anthropicFaultBody } from './faults.ts';
import { MessageMender } from './form.ts';
import { messagesStream } from './stream.ts';
import { anthropicUsage } from './usage.ts';

const ORIGINS: Readonly<Record<string, Origin>> = {
  system: 'system',
  tools: 'system',
  output_config: 'system',
  output_format: 'system',
  metadata: 'metadata',
};

/** `POST /v1/messages` */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  describe: describeMessages,
  texts: (body, files) => requestProse(body, ORIGINS, 'user', files),
  answerTexts: (body) => answerProse(body),
  answerUsage: (body) => anthropicUsage(body.usage, undefined),
  answerFinish: (body) => readText(body.stop_reason),
  setOutputCap(body, tokens) {
    body.max_tokens = tokens;
  },
  setModel(body, model) {
    body.model = model;
  },
  /** Anthropic reports no log probabilities. */
  dropTokenEchoes: () => undefined,
  faultBody: anthropicFaultBody,
  providerError: readProviderError,
  mender: (facts) => new MessageMender(facts),
  stream: messagesStream,
};

/** `POST /v1/messages/count_tokens`: counts without answering, which costs nothing. */
export const anthropicCountTokens: Dialect = {
  ...anthropicMessages,
  id: 'anthropic-count-tokens',
  describe(body) {
    refuseStream(body);
    return { ...describeMessages(body), outputCapTokens: 0 };
  },
  answerUsage: () => ({ ...NO_USAGE, source: 'reported' }),
  answerFinish: () => undefined,
  /** There is no output to cap. */
  setOutputCap: () => undefined,
  mender: undefined,
  stream: unstreamed,
};
