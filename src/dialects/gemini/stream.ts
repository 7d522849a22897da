import type { JsonObject } from '../../core/json.ts';
import type { StreamDialect, StreamPiece } from '../dialect.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { errorText } from '../openai-common/chunks.ts';
import { pushPart, pushWhole } from '../pieces.ts';
import { geminiCutter } from './cut.ts';
import { geminiFaultBody } from './faults.ts';
import { geminiUsage } from './usage.ts';

/** Channels: `0/text`, `0/thought`, by candidate. */

const INTERESTING = /"(?:usageMetadata|finishReason|blockReason|error)"\s*:(?!\s*null)/;

/** What every chunk repeats and is never prose. */
const FRAME_KEYS: ReadonlySet<string> = new Set(
  'candidates usageMetadata modelVersion responseId createTime'.split(' '),
);
const CANDIDATE_KEYS: ReadonlySet<string> = new Set(
  'content finishReason index avgLogprobs logprobsResult safetyRatings tokenCount'.split(' '),
);

function indexOf(candidate: JsonObject, position: number): number {
  return typeof candidate.index === 'number' ? candidate.index : position;
}

function partsOf(candidate: JsonObject): readonly JsonObject[] {
  return objectsIn(readObject(candidate.content)?.parts);
}

function finished(event: JsonObject): readonly number[] {
  const indexes = objectsIn(event.candidates).flatMap((candidate, position) =>
    readText(candidate.finishReason) === undefined ? [] : [indexOf(candidate, position)],
  );
  return blockReason(event) === undefined ? indexes : [...indexes, 0];
}

function blockReason(event: JsonObject): string | undefined {
  return readText(readObject(event.promptFeedback)?.blockReason);
}

/** `finishReason` of the first candidate, or why the prompt got none. */
export function geminiFinish(body: JsonObject): string | undefined {
  for (const candidate of objectsIn(body.candidates)) {
    const reason = readText(candidate.finishReason);
    if (reason !== undefined) return reason;
  }
  return blockReason(body);
}

/** A stream of generateContent with `alt=sse`: CRLF frames of answers in small, no end marker. */
export const geminiStream: StreamDialect = {
  terminator: '',

  interesting: (data) => INTERESTING.test(data),

  usage: (event, before) => geminiUsage(event.usageMetadata) ?? before,

  finish: geminiFinish,

  completes: finished,

  error: (event) => errorText(event.error),

  pieces(event: JsonObject): StreamPiece[] {
    const out: StreamPiece[] = [];
    for (const key of Object.keys(event)) {
      if (!FRAME_KEYS.has(key)) pushWhole(out, event, key, key);
    }
    objectsIn(event.candidates).forEach((candidate, position) => {
      candidatePieces(out, candidate, position);
    });
    return out;
  },

  /** A call comes whole: text before it must not come after it. */
  closes(event: JsonObject): readonly string[] | 'all' {
    if (event.error !== undefined && event.error !== null) return 'all';
    const closed = finished(event).map((index) => `${index}/`);
    objectsIn(event.candidates).forEach((candidate, position) => {
      const calls = partsOf(candidate).some((part) => part.functionCall !== undefined);
      if (calls) closed.push(`${indexOf(candidate, position)}/`);
    });
    return closed;
  },

  carrier(channel: string, text: string, like: JsonObject): JsonObject {
    const [index = '0', kind] = channel.split('/');
    const part: JsonObject = kind === 'thought' ? { text, thought: true } : { text };
    const chunk: JsonObject = {
      candidates: [{ content: { parts: [part], role: 'model' }, index: Number(index) }],
    };
    for (const key of ['modelVersion', 'responseId', 'createTime']) {
      if (like[key] !== undefined) chunk[key] = like[key];
    }
    return chunk;
  },

  /** Usage is always reported. */
  requestUsage: () => false,

  usageOnly: () => false,

  setCost(event: JsonObject, costUsd: string): boolean {
    const usage = readObject(event.usageMetadata);
    if (usage !== undefined) usage.cost_usd = costUsd;
    return usage !== undefined;
  },

  frame: (event) => `data: ${JSON.stringify(event)}\r\n\r\n`,

  cutter: geminiCutter,

  faultFrames: (fault) => geminiStream.frame(geminiFaultBody(fault)),
};

function candidatePieces(out: StreamPiece[], candidate: JsonObject, position: number): void {
  const path = `candidates[${position}]`;
  for (const key of Object.keys(candidate)) {
    if (!CANDIDATE_KEYS.has(key)) pushWhole(out, candidate, key, `${path}.${key}`);
  }
  const index = indexOf(candidate, position);
  partsOf(candidate).forEach((part, number) => {
    const at = `${path}.content.parts[${number}]`;
    const channel = `${index}/${part.thought === true ? 'thought' : 'text'}`;
    pushPart(out, part, 'text', channel, `${at}.text`);
    for (const key of Object.keys(part)) {
      if (key !== 'text') pushWhole(out, part, key, `${at}.${key}`);
    }
  });
}
