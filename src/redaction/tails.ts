import type { Match } from './match.ts';

/** What a tail takes along although it is no part of it: characters that nobody sees. */
const UNSEEN = '\\u00ad\\u200b-\\u200f\\u2060\\ufeff';

/** Tails in one text; where values begin inside a tail of their own kind, it is not read again for each of them. */
export class Tails {
  readonly #read = new Map<RegExp, { from: number; to: number }>();

  clear(): void {
    if (this.#read.size > 0) this.#read.clear();
  }

  grow(match: Match, text: string): void {
    const { tail, end } = match;
    if (tail === undefined) return;
    const read = this.#read.get(tail);
    if (read !== undefined && end >= read.from && end <= read.to) match.end = read.to;
    growTail(match, text);
    if (read === undefined) this.#read.set(tail, { from: end, to: match.end });
    else if (match.end > read.to) {
      read.from = end;
      read.to = match.end;
    }
  }
}

/** What moves over a tail: any number of characters of this class. */
export function tailTest(characterClass: string, flags: string): RegExp {
  return new RegExp(`(?:${characterClass}|[${UNSEEN}])*`, flags);
}

/** One for all of the same class, so that they are known to be the same. */
export function tailOf(characterClass: string, known: Map<string, RegExp>): RegExp {
  const tail = known.get(characterClass) ?? tailTest(characterClass, 'y');
  known.set(characterClass, tail);
  return tail;
}

/** Moves the end of a match over what belongs to its tail. */
export function growTail(match: Match, text: string): void {
  if (match.tail === undefined) return;
  match.tail.lastIndex = match.end;
  match.tail.test(text);
  match.end = match.tail.lastIndex;
  if (match.end < text.length) match.tail = undefined;
}
