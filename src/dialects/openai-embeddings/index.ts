import type { JsonObject } from '../../core/json.ts';
import type { Described, Dialect } from '../dialect.ts';
import { readModel, readText, wrongField } from '../fields.ts';
import { openAiChat } from '../openai-chat/index.ts';
import { refuseStream, unstreamed } from '../openai-common/unstreamed.ts';
import { embeddingsMender } from './form.ts';

function describeEmbeddings(body: JsonObject): Described {
  const model = readModel(body);
  refuseStream(body);
  const { input } = body;
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throw wrongField('input', 'a string, an array of strings or an array of tokens', input);
  }
  return {
    model,
    stream: false,
    // Nothing is written: an embedding costs its input only.
    outputCapTokens: 0,
    choices: 1,
    tools: [],
    user: readText(body.user),
  };
}

/** `POST /v1/embeddings` */
export const openAiEmbeddings: Dialect = {
  ...openAiChat,
  id: 'openai-embeddings',
  describe: describeEmbeddings,
  answerFinish: () => undefined,
  /** There is no output to cap. */
  setOutputCap: () => undefined,
  mender: embeddingsMender,
  stream: unstreamed,
};
