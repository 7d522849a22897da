/** Sets of characters, as ranges of code points: what a class has, asked of JavaScript's own regular expressions. */

/** From the first to the last, both in it. */
export type Range = readonly [from: number, to: number];
export type CharSet = readonly Range[];

const BEYOND_BASIC = 0x10000;
const END = 0x110000;
/** What lies between are halves of characters. */
const BASIC_PLANE: readonly Range[] = [
  [0, 0xd800],
  [0xe000, BEYOND_BASIC],
];

/** Policies are loaded again and again, and a class beyond the basic plane takes 40 ms. */
const known = new Map<string, CharSet>();
const MOST_KNOWN = 1000;

/** @param source a class as JavaScript writes it with the flag `u` */
export function charSet(source: string, ignoreCase: boolean): CharSet {
  const flags = ignoreCase ? 'iu' : 'u';
  const key = `${flags} ${source}`;
  let set = known.get(key);
  if (set === undefined) {
    set = rangesOf(source, flags);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, set);
  }
  return set;
}

function rangesOf(source: string, flags: string): Range[] {
  const runs = new RegExp(`${source}+`, `g${flags}`);
  const ranges = BASIC_PLANE.flatMap(([from, to]) => runsIn(from, to, runs));
  // a class that names nothing beyond the basic plane has all of it or nothing
  if (!/\\[pP]|\\u\{[0-9a-f]{5,6}\}/.test(source)) {
    const hasAll = new RegExp(source, flags).test('\u{1f600}');
    return hasAll ? [...ranges, [BEYOND_BASIC, END - 1]] : ranges;
  }
  for (let plane = BEYOND_BASIC; plane < END; plane += 0x10000)
    ranges.push(...runsIn(plane, plane + 0x10000, runs));
  return ranges;
}

/** The widest of its characters, in UTF-16 units. */
export function widthOf(set: CharSet): number {
  return (set.at(-1)?.[1] ?? 0) < BEYOND_BASIC ? 1 : 2;
}

/** The runs among the characters from `from` to before `to`. */
function runsIn(from: number, to: number, runs: RegExp): Range[] {
  let chars = '';
  for (let code = from; code < to; code++) chars += String.fromCodePoint(code);
  const width = from < BEYOND_BASIC ? 1 : 2;
  return Array.from(chars.matchAll(runs), ({ 0: run, index }): Range => {
    const first = from + index / width;
    return [first, first + run.length / width - 1];
  });
}
