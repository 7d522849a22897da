/** Which two characters a match may begin with: a table that rules most places of a text out at a glance. */

/** ASCII by code, then one column for all that is beyond. */
export const BEYOND_ASCII = 128;
const COLUMNS = BEYOND_ASCII + 1;
/** In place of the second character: whatever it will be. */
const ANY = COLUMNS;
const ROW_BYTES = Math.ceil((COLUMNS + 1) / 8);

/** A bit for each second character, and one for any; rows by first character, those after a character of a word behind the others. */
export type Starts = Uint8Array;

/** As `\w` and `\b` have it. */
export function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95
  );
}

function columnOf(code: number): number {
  return Math.min(code, BEYOND_ASCII);
}

const AFTER_WORD = COLUMNS * ROW_BYTES;
/** By column, 1 for characters of words. */
const WORDS = Uint8Array.from({ length: COLUMNS }, (_, column) => Number(isWord(column)));

/** What the table of a pattern is made of: the symbols of its characters, by column. */
interface Columns {
  readonly count: number;
  ofColumn(column: number): readonly number[];
}

/** @param may whether a match may begin with these two symbols, or be the first of them */
export function startsOf(
  symbols: Columns,
  may: (afterWord: boolean, first: number, second: number) => boolean,
): Starts {
  const starts = new Uint8Array(2 * COLUMNS * ROW_BYTES);
  for (const afterWord of [false, true]) {
    const rows = Array.from({ length: symbols.count }, (_, first) =>
      rowOf(symbols, (second) => may(afterWord, first, second)),
    );
    for (let column = 0; column < COLUMNS; column++) {
      const offset = (afterWord ? AFTER_WORD : 0) + column * ROW_BYTES;
      for (const first of symbols.ofColumn(column))
        rows[first]?.forEach((byte, at) => {
          starts[offset + at] = (starts[offset + at] ?? 0) | byte;
        });
    }
  }
  return starts;
}

function rowOf(symbols: Columns, may: (second: number) => boolean): Uint8Array {
  const row = new Uint8Array(ROW_BYTES);
  for (let column = 0; column < COLUMNS; column++)
    if (symbols.ofColumn(column).some(may))
      for (const bit of [column, ANY]) row[bit >> 3] = (row[bit >> 3] ?? 0) | (1 << (bit & 7));
  return row;
}

/** The starts of any of these patterns. */
export function union(all: readonly Starts[]): Starts {
  const starts = new Uint8Array(2 * COLUMNS * ROW_BYTES);
  for (const each of all)
    for (let at = 0; at < starts.length; at++) starts[at] = (starts[at] ?? 0) | (each[at] ?? 0);
  return starts;
}

/** The next place from `from` to before `to` at which a match may start; `to` if there is none. */
export function nextStart(starts: Starts, text: string, from: number, to: number): number {
  let row = from > 0 && isWord(text.charCodeAt(from - 1)) ? AFTER_WORD : 0;
  let column = from < to ? columnOf(text.charCodeAt(from)) : 0;
  for (let at = from; at < to; at++) {
    const next = at + 1 < text.length ? columnOf(text.charCodeAt(at + 1)) : ANY;
    if (((starts[row + column * ROW_BYTES + (next >> 3)] as number) & (1 << (next & 7))) !== 0) return at;
    row = (WORDS[column] as number) * AFTER_WORD;
    column = next;
  }
  return to;
}
