import { Detector } from '../../src/redaction/detector.ts';
import type { Match } from '../../src/redaction/match.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';
import { SKIP_WORDS } from './skip-words.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly valid?: boolean;
}

export const detector = new Detector(RECOGNISERS);

/** What is found in a text: matches that overlap as one, under the name of the first in rank. */
export function predict(
  text: string,
  by: Detector = detector,
): { start: number; end: number; rank: number }[] {
  const found: Match[] = [];
  by.find(text, 0, text.length, found);
  found.sort((a, b) => a.start - b.start);
  const regions: { start: number; end: number; rank: number }[] = [];
  for (const { start, end, rank } of found) {
    const last = regions.at(-1);
    if (last === undefined || start >= last.end) regions.push({ start, end, rank });
    else {
      last.end = Math.max(last.end, end);
      last.rank = Math.min(last.rank, rank);
    }
  }
  return regions;
}

const TOKEN = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.'’/-]*[\p{L}\p{N}])?/gu;

/** The span from its first to its last word that counts; undefined where none does. */
export function normalised(text: string, span: Span): Span | undefined {
  let start = -1;
  let end = -1;
  for (const { 0: word, index } of text.slice(span.start, span.end).matchAll(TOKEN)) {
    if (SKIP_WORDS.has(word.toLowerCase())) continue;
    if (start < 0) start = span.start + index;
    end = span.start + index + word.length;
  }
  return start < 0 ? undefined : { ...span, start, end };
}

/** Neighbours of one type with nothing but skipped words between them, as one. */
export function merged(text: string, spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    const gap: Span | undefined = last && { start: last.end, end: span.start, type: '' };
    const adjacent = gap !== undefined && (gap.start >= gap.end || normalised(text, gap) === undefined);
    if (last !== undefined && last.type === span.type && adjacent)
      out[out.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else out.push(span);
  }
  return out.flatMap((span) => normalised(text, span) ?? []);
}

/** Intersection over union of a span with others that do not overlap, in characters. */
export function iou(span: Span, others: readonly Span[]): number {
  let both = 0;
  let either = span.end - span.start;
  for (const { start, end } of others) {
    const shared = Math.max(0, Math.min(span.end, end) - Math.max(span.start, start));
    both += shared;
    either += end - start - shared;
  }
  return both / either;
}
