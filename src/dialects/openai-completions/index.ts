import type { JsonObject } from '../../core/json.ts';
import type { Described, Dialect, StreamDialect, StreamPiece } from '../dialect.ts';
import { readCaps, readFlag, readModel, readText, readWholeNumber, wrongField } from '../fields.ts';
import { openAiChat } from '../openai-chat/index.ts';
import { choiceIndex, chunkPieces, chunkStream, chunkWith } from '../openai-common/chunks.ts';
import { chunkCutter } from '../openai-common/cut.ts';
import { pushPart, pushWhole } from '../pieces.ts';
import { CompletionMender } from './form.ts';

function describeCompletions(body: JsonObject): Described {
  const model = readModel(body);
  const prompts = promptCount(body);
  const asked = Math.max(readWholeNumber(body, 'n', 1) ?? 1, readWholeNumber(body, 'best_of', 1) ?? 1);
  return {
    model,
    stream: readFlag(body, 'stream'),
    // Zero asks for nothing but the log probabilities of the prompt.
    outputCapTokens: readCaps(body, ['max_tokens'], 0),
    choices: asked * prompts,
    tools: [],
    user: readText(body.user),
  };
}

/** A string or an array of tokens is one prompt; an array of either has one per item, each answered `n` times. */
function promptCount(body: JsonObject): number {
  const { prompt } = body;
  if (prompt === undefined || prompt === null || typeof prompt === 'string') return 1;
  if (Array.isArray(prompt)) return typeof prompt[0] === 'number' ? 1 : Math.max(prompt.length, 1);
  // An object here refers to a stored prompt.
  if (typeof prompt === 'object') return 1;
  throw wrongField('prompt', 'a string, an array of strings or an array of tokens', prompt);
}

/** Channels: `0/text`, by choice. */
const completionsStream: StreamDialect = {
  ...chunkStream,

  cutter: () => chunkCutter({ text: '', logprobs: null }),

  pieces: (event) => chunkPieces(event, choicePieces),

  carrier(channel: string, text: string, like: JsonObject): JsonObject {
    return chunkWith(like, { index: Number(channel.split('/')[0]), text, logprobs: null });
  },
};

function choicePieces(out: StreamPiece[], choice: JsonObject, position: number): void {
  const path = `choices[${position}]`;
  for (const key of Object.keys(choice)) {
    if (key !== 'text') pushWhole(out, choice, key, `${path}.${key}`);
  }
  pushPart(out, choice, 'text', `${choiceIndex(choice, position)}/text`, `${path}.text`);
}

/** `POST /v1/completions`: as chat, but for a `prompt` instead of messages. */
export const openAiCompletions: Dialect = {
  ...openAiChat,
  id: 'openai-completions',
  describe: describeCompletions,
  setOutputCap(body, tokens) {
    body.max_tokens = tokens;
  },
  mender: (facts) => new CompletionMender(facts),
  stream: completionsStream,
};
