import type { JsonObject } from '../../core/json.ts';
import type { Described, Dialect } from '../dialect.ts';
import { readModel, wrongField } from '../fields.ts';
import { refuseStream } from '../openai-common/unstreamed.ts';
import { openAiEmbeddings } from '../openai-embeddings/index.ts';
import { moderationsMender } from './form.ts';

/** What OpenAI takes where the body names no model, as its API reference says. */
const DEFAULT_MODEL = 'omni-moderation-latest';

function describeModerations(body: JsonObject): Described {
  refuseStream(body);
  const { input } = body;
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throw wrongField('input', 'a string, an array of strings or an array of parts', input);
  }
  const model = body.model === undefined || body.model === null ? DEFAULT_MODEL : readModel(body);
  return { model, stream: false, outputCapTokens: 0, choices: 1, tools: [], user: undefined };
}

/** `POST /v1/moderations`: as embeddings, an input and no output. */
export const openAiModerations: Dialect = {
  ...openAiEmbeddings,
  id: 'openai-moderations',
  describe: describeModerations,
  mender: moderationsMender,
};
