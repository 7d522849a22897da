import { Detector, type Match } from '../../src/redaction/detector.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';

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

/** Words that presidio-research leaves out of account at the edges and between spans, beside all punctuation. */
const SKIPPED =
  /^(?:[\p{P}\p{S}\s]+|(?:street|st|de|rue|via|and|a|the|or|do|as|of|in|at|on|by|for|from|to|address|country|state|city|zip|po|apt|unit|corner|box|suite|mr|mrs|ms|miss|year|years|y\/o|month|months|old|morning|noon|afternoon|night|evening|this|first|last|week|weeks|weekend|day|days|age|ago|inc|ltd)(?![\p{L}\p{N}]))/iu;
const SKIPPED_END =
  /(?:[\p{P}\p{S}\s]+|(?<![\p{L}\p{N}])(?:street|st|de|rue|via|and|a|the|or|do|as|of|in|at|on|by|for|from|to|address|country|state|city|zip|po|apt|unit|corner|box|suite|mr|mrs|ms|miss|year|years|y\/o|month|months|old|morning|noon|afternoon|night|evening|this|first|last|week|weeks|weekend|day|days|age|ago|inc|ltd))$/iu;

/** The span without skipped words at its edges; undefined where nothing else is in it. */
export function normalised(text: string, span: Span): Span | undefined {
  let { start, end } = span;
  for (
    let cut = SKIPPED.exec(text.slice(start, end));
    cut !== null;
    cut = SKIPPED.exec(text.slice(start, end))
  )
    start += cut[0].length;
  for (
    let cut = SKIPPED_END.exec(text.slice(start, end));
    cut !== null;
    cut = SKIPPED_END.exec(text.slice(start, end))
  )
    end -= cut[0].length;
  return start < end ? { ...span, start, end } : undefined;
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

/** Intersection over union, in characters. */
export function iou(a: Span, b: Span): number {
  const both = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return both <= 0 ? 0 : both / (Math.max(a.end, b.end) - Math.min(a.start, b.start));
}
