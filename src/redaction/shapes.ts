import { type Node, write } from './pattern.ts';

/**
 * Most numbers are written in one of a few ways, such as nine digits in groups of three: forms of many recognisers
 * that differ only in which digits they take. Each way is tried once for all of them.
 */
export interface Shape {
  /** In the subset of `pattern.ts`, whatever the digits. */
  readonly pattern: string;
  /** Which digits, one of these; undefined: all do. */
  readonly digits: readonly DigitsAt[][] | undefined;
}

/** At a place of a value, a bit for every digit that may stand there. */
export interface DigitsAt {
  readonly place: number;
  readonly bits: number;
}

/** More ways of writing one number than this are left to the regular expression. */
const MOST_SHAPES = 4;
const MOST_SPELLINGS = 32;
const ALL_DIGITS = 0x3ff;
const ASCII = 128;

/** The shapes of a pattern that matches by one of them at most; undefined where it is no such pattern. */
export function shapesOf(node: Node): Shape[] | undefined {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  const first = nodes.findIndex((each) => each.kind !== 'look');
  const last = nodes.findLastIndex((each) => each.kind !== 'look');
  if (first < 0) return undefined;
  const spellings = spellingsOf({ kind: 'sequence', nodes: nodes.slice(first, last + 1) });
  if (spellings === undefined || spellings.flat().some((source) => classOf(source) === undefined))
    return undefined;
  const written = (some: readonly Node[]): string => some.map(write).join('');
  const [lead, trail] = [written(nodes.slice(0, first)), written(nodes.slice(last + 1))];
  const byPattern = Map.groupBy(spellings, (each) => lead + patternOf(each) + trail);
  if (byPattern.size > MOST_SHAPES || !areExclusive(spellings, trail)) return undefined;
  return Array.from(byPattern, ([pattern, alike]) => {
    const digits = alike.map(digitsOf);
    return { pattern, digits: digits.some((each) => each.length === 0) ? undefined : digits };
  });
}

/** Whether the digits of a value of the shape are among those that are meant. */
export function hasDigits(value: string, digits: readonly (readonly DigitsAt[])[]): boolean {
  for (let index = 0; index < digits.length; index++)
    if (hasAll(value, digits[index] as readonly DigitsAt[])) return true;
  return false;
}

function hasAll(value: string, digits: readonly DigitsAt[]): boolean {
  for (let index = 0; index < digits.length; index++) {
    const { place, bits } = digits[index] as DigitsAt;
    if (((bits >> (value.charCodeAt(place) - 48)) & 1) === 0) return false;
  }
  return true;
}

/** All texts of classes that the node matches, in the order in which they are tried; undefined: too many. */
function spellingsOf(node: Node): string[][] | undefined {
  const all = spelt(node);
  return all === undefined || all.length > MOST_SPELLINGS ? undefined : all;
}

function spelt(node: Node): string[][] | undefined {
  switch (node.kind) {
    case 'char':
      return [[node.source]];
    case 'look':
      return undefined;
    case 'choice': {
      const parts = node.nodes.map(spellingsOf);
      return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
    }
    case 'sequence':
      return inARow(node.nodes);
    case 'repeat': {
      const all: string[][] = [];
      for (let times = node.max; times >= node.min; times--) {
        const part = inARow(Array.from({ length: times }, () => node.node));
        if (part === undefined || all.length > MOST_SPELLINGS) return undefined;
        all.push(...part);
      }
      return all;
    }
  }
}

function inARow(nodes: readonly Node[]): string[][] | undefined {
  let all: string[][] = [[]];
  for (const node of nodes) {
    const next = spellingsOf(node);
    if (next === undefined || all.length * next.length > MOST_SPELLINGS) return undefined;
    all = all.flatMap((before) => next.map((each) => [...before, ...each]));
  }
  return all;
}

/** Whether no two spellings of different lengths can match at the same place: then their order does not matter. */
function areExclusive(spellings: readonly string[][], trail: string): boolean {
  const ends = new RegExp(`^${trail}`);
  return spellings.every((a, at) =>
    spellings
      .slice(at + 1)
      .every((b) =>
        a.length === b.length ? isAlike(a, b) || differ(a, b) : differ(a, b) || !goesOn(a, b, ends),
      ),
  );
}

/** Whether both are of one shape. */
function isAlike(a: readonly string[], b: readonly string[]): boolean {
  return patternOf(a) === patternOf(b);
}

/** Whether some place takes no character that both take there. */
function differ(a: readonly string[], b: readonly string[]): boolean {
  return a.some((source, place) => {
    const other = b[place];
    if (other === undefined) return false;
    const taken = classOf(other);
    return classOf(source)?.every((has, code) => !(has && taken?.[code])) === true;
  });
}

/** Whether the longer one may go on where the shorter one has ended. */
function goesOn(a: readonly string[], b: readonly string[], ends: RegExp): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const next = charsOf(long[short.length] ?? '');
  const second = long[short.length + 1];
  const after = second === undefined ? [''] : charsOf(second);
  return next.some((char) => after.some((other) => ends.test(char + other)));
}

const classes = new Map<string, readonly boolean[] | undefined>();

/** By code of ASCII, whether the class has it; undefined where it may have others. */
function classOf(source: string): readonly boolean[] | undefined {
  if (!classes.has(source)) {
    const regex = new RegExp(`^${source}$`);
    const has = Array.from({ length: ASCII }, (_, code) => regex.test(String.fromCharCode(code)));
    classes.set(source, /^\[\^|\\[DSWsu]|[^ -~]/.test(source) ? undefined : has);
  }
  return classes.get(source);
}

function charsOf(source: string): string[] {
  return (classOf(source) ?? []).flatMap((has, code) => (has ? [String.fromCharCode(code)] : []));
}

/** A bit for every digit in the class; 0 where it has others, too. */
function bitsOf(source: string): number {
  const chars = charsOf(source);
  if (!chars.every((char) => /\d/.test(char))) return 0;
  return chars.reduce((bits, char) => bits | (1 << Number(char)), 0);
}

function patternOf(spelling: readonly string[]): string {
  return spelling
    .map((source) => (bitsOf(source) === 0 ? source : '\\d'))
    .join('')
    .replace(/(?:\\d){2,}/g, (run) => `\\d{${run.length / 2}}`);
}

function digitsOf(spelling: readonly string[]): DigitsAt[] {
  return spelling
    .map((source, place) => ({ place, bits: bitsOf(source) }))
    .filter(({ bits }) => bits !== 0 && bits !== ALL_DIGITS);
}
