import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { StreamDialect, StreamPiece } from '../dialect.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { pushWhole } from '../pieces.ts';
import { openAiFaultBody } from './faults.ts';
import { openAiUsage } from './usage.ts';

/**
 * The half of the stream that chat completions and completions share: chunks with `choices`, named by
 * nothing, ended by `[DONE]`.
 */

const NONE: readonly string[] = [];

/** Most chunks say `"finish_reason":null`, many `"usage":null`: only a value makes one interesting. */
const INTERESTING = /"(?:finish_reason|usage|error)"\s*:(?!\s*null)|\[DONE\]/;

export function choiceIndex(choice: JsonObject, position: number): number {
  return typeof choice.index === 'number' ? choice.index : position;
}

/** Groq reports in `x_groq` as well, and on some streams only there. */
export function chunkUsage(event: JsonObject): JsonObject | undefined {
  return readObject(event.usage) ?? readObject(readObject(event.x_groq)?.usage);
}

function finishOf(event: JsonObject): string | undefined {
  for (const choice of objectsIn(event.choices)) {
    const reason = readText(choice.finish_reason);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function finishedChoices(event: JsonObject): readonly number[] {
  const finished: number[] = [];
  objectsIn(event.choices).forEach((choice, position) => {
    if (readText(choice.finish_reason) !== undefined) finished.push(choiceIndex(choice, position));
  });
  return finished;
}

export function errorText(error: JsonObject[string] | undefined): string | undefined {
  if (error === undefined || error === null) return undefined;
  if (typeof error === 'string') return error;
  return (isJsonObject(error) && readText(error.message)) || JSON.stringify(error);
}

export const chunkStream: Omit<StreamDialect, 'pieces' | 'carrier'> = {
  terminator: 'data: [DONE]\n\n',

  interesting: (data) => INTERESTING.test(data),

  usage(event: JsonObject, before: Usage | undefined): Usage | undefined {
    return openAiUsage(chunkUsage(event), event) ?? before;
  },

  finish: finishOf,

  completes: finishedChoices,

  error: (event) => errorText(event.error),

  closes(event: JsonObject): readonly string[] | 'all' {
    if (event.error !== undefined && event.error !== null) return 'all';
    if (finishOf(event) === undefined) return NONE;
    return objectsIn(event.choices)
      .map((choice, position) => (readText(choice.finish_reason) ? `${choiceIndex(choice, position)}/` : ''))
      .filter((channel) => channel !== '');
  },

  requestUsage(body: JsonObject): boolean {
    const options = body.stream_options ?? {};
    if (!isJsonObject(options) || options.include_usage === true) return false;
    body.stream_options = { ...options, include_usage: true };
    return true;
  },

  usageOnly(event: JsonObject): boolean {
    return Array.isArray(event.choices) && event.choices.length === 0 && chunkUsage(event) !== undefined;
  },

  setCost(event: JsonObject, costUsd: string): boolean {
    const usage = chunkUsage(event);
    if (usage !== undefined) usage.cost_usd = costUsd;
    return usage !== undefined;
  },

  frame: (event) => `data: ${JSON.stringify(event)}\n\n`,

  /** The SDKs throw on `error`; without `[DONE]` nobody else takes it for a complete answer either. */
  faultFrames: (fault) => `data: ${JSON.stringify(openAiFaultBody(fault))}\n\n`,
};

/** What every chunk repeats and is never prose. */
const FRAME_KEYS: ReadonlySet<string> = new Set(['id', 'object', 'created', 'model', 'usage', 'choices']);

/** The pieces of a chunk: of each choice as `ofChoice` finds them, and whatever text stands beside the choices. */
export function chunkPieces(
  event: JsonObject,
  ofChoice: (out: StreamPiece[], choice: JsonObject, position: number) => void,
): StreamPiece[] {
  const out: StreamPiece[] = [];
  for (const key of Object.keys(event)) {
    if (!FRAME_KEYS.has(key)) pushWhole(out, event, key, key);
  }
  objectsIn(event.choices).forEach((choice, position) => {
    ofChoice(out, choice, position);
  });
  return out;
}

/** A chunk like `like` with this one choice, and nothing that is reported once (usage, verdicts). */
export function chunkWith(like: JsonObject, choice: JsonObject): JsonObject {
  const { id, object, created, model } = like;
  const chunk: JsonObject = { choices: [{ ...choice, finish_reason: null }] };
  for (const [key, value] of Object.entries({ id, object, created, model })) {
    if (value !== undefined) chunk[key] = value;
  }
  if (like.system_fingerprint !== undefined) chunk.system_fingerprint = like.system_fingerprint;
  return chunk;
}

/** `logprobs` of every choice: the raw tokens of the text beside it. */
export function dropChoiceLogprobs(json: JsonObject): void {
  for (const choice of objectsIn(json.choices)) {
    if (choice.logprobs !== undefined) choice.logprobs = null;
  }
}
