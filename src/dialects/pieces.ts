import type { Json, JsonObject } from '../core/json.ts';
import type { StreamPiece } from './dialect.ts';
import { memberProse, type Origin } from './prose.ts';

/** Adds one part of a text that is streamed in parts; nothing where the member holds no text. */
export function pushPart(
  out: StreamPiece[],
  holder: Json | readonly Json[] | undefined,
  key: string | number,
  channel: string,
  path: string,
  json = false,
): void {
  if (typeof holder !== 'object' || holder === null) return;
  const text = (holder as Record<string | number, Json>)[key];
  if (typeof text !== 'string' || text === '') return;
  const piece = { holder, key, text, path, origin: 'assistant', json, under: '', name: false } as const;
  out.push({ ...piece, channel, aggregate: false });
}

/** Adds every text of a member that comes whole: citations, results, repeated texts, fields that nobody here knows. */
export function pushWhole(
  out: StreamPiece[],
  holder: JsonObject,
  key: string,
  path: string,
  origin: Origin = 'assistant',
): void {
  const value = holder[key];
  if (value === null || (typeof value !== 'object' && typeof value !== 'string')) return;
  for (const piece of memberProse(holder, key, path, origin)) {
    out.push({ ...piece, channel: piece.path, aggregate: true });
  }
}
