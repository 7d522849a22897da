import { type Node, write } from './pattern.ts';

/**
 * What can be said of a pattern's first characters without trying it: the detector looks at a pattern only where it
 * could begin. All of it may say yes too often, never too seldom.
 */

/** ASCII by code, then whatever is beyond. */
export const CODES = 129;
export const BEYOND_ASCII = 128;

/** The codes, in groups of those that are the same by this measure. */
export function alike(measure: (code: number) => string): number[][] {
  const groups = new Map<string, number[]>();
  for (let code = 0; code < CODES; code++) {
    const key = measure(code);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [code]);
    else group.push(code);
  }
  return [...groups.values()];
}

export interface Opening {
  /** By code: whether it may stand before a match. */
  readonly before: Uint8Array;
}

export function openingOf(node: Node): Opening {
  const before = new Uint8Array(CODES).fill(1);
  for (const look of leadingLookBehinds(node)) {
    const regex = new RegExp(`^[^]${write(look)}`);
    for (let code = 0; code < BEYOND_ASCII; code++)
      if (!regex.test(String.fromCharCode(code))) before[code] = 0;
  }
  return { before };
}

/** Only negative ones: what they see before a match is not all there is, and more of it forbids no less. */
function leadingLookBehinds(node: Node): Node[] {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  const end = nodes.findIndex((each) => each.kind !== 'look');
  return nodes
    .slice(0, end < 0 ? nodes.length : end)
    .filter((each) => each.kind === 'look' && each.opening === '?<!');
}

const BEYOND = /[^\0-\x7f]/;

const known = new Map<string, Uint8Array>();

function membersOf(source: string): Uint8Array {
  const before = known.get(source);
  if (before !== undefined) return before;
  const regex = new RegExp(`^${source}$`);
  const members = new Uint8Array(CODES);
  for (let code = 0; code < BEYOND_ASCII; code++)
    members[code] = Number(regex.test(String.fromCharCode(code)));
  // a class that leaves ASCII is negated or names a character beyond it
  members[BEYOND_ASCII] = Number(BEYOND.test(source) || /\\u|\\[DSW]|\[\^|\.|\\s/.test(source));
  known.set(source, members);
  return members;
}

/** Runs of digits that are longer than this count as this long. */
export const LONGEST_RUN = 24;

/** Which runs of digits a pattern may have, beginning `back` characters after the start of a match. */
export interface Runs {
  /** By the code of the character before the run. */
  readonly before: Uint8Array;
  /** By length of the run and code of the character behind it: `length * CODES + code`. */
  readonly behind: Uint8Array;
}

export function digitRuns(node: Node, back: number): Runs {
  const before = back === 0 ? openingOf(node).before : new Uint8Array(CODES);
  const behind = new Uint8Array((LONGEST_RUN + 1) * CODES);
  const mark = (length: number, codes: Uint8Array): void => {
    const row = Math.min(length, LONGEST_RUN) * CODES;
    if (length > 0) for (let code = 0; code < CODES; code++) if (codes[code] === 1) behind[row + code] = 1;
  };
  const ending = mayFollow(node);
  for (const end of walk(node, new Set([0]), step)) {
    mark(end - back, ending);
    if (!ending.subarray(48, 58).includes(1)) continue;
    for (let length = Math.max(1, end - back); length <= LONGEST_RUN; length++) mark(length, EVERY);
  }
  return { before, behind };

  function step(source: string, from: Places): Places {
    const members = membersOf(source);
    const digit = members.subarray(48, 58).includes(1);
    const to = new Set<number>();
    for (const place of from) {
      if (place === back - 1) for (let code = 0; code < CODES; code++) before[code] ||= members[code] ?? 0;
      if (place < back || digit) to.add(place + 1);
      if (place > back) mark(place - back, members);
    }
    return to;
  }
}

/** How many characters of a match have been read. */
type Places = ReadonlySet<number>;

/** Where a match of the node ends that begins at one of these places; `step` says where a class leads from there. */
function walk(node: Node, from: Places, step: (source: string, from: Places) => Places): Places {
  switch (node.kind) {
    case 'look':
      return from;
    case 'sequence':
      return node.nodes.reduce((places, next) => walk(next, places, step), from);
    case 'choice':
      return new Set(node.nodes.flatMap((next) => [...walk(next, from, step)]));
    case 'repeat': {
      let places = from;
      const all = new Set(node.min === 0 ? from : []);
      for (let time = 1; time <= node.max && places.size > 0; time++) {
        places = walk(node.node, places, step);
        if (time >= node.min) for (const place of places) all.add(place);
      }
      return all;
    }
    case 'char':
      return step(node.source, from);
  }
}

/** How far from its anchor a pattern is looked at before it is tried; what rules most out comes first. */
export const DISTANCES: readonly number[] = [1, -1, 2, 3, -2, 4, 5, 6, 7, 8, -3];
export const FARTHEST = Math.max(...DISTANCES);

/** By code, a bit for each of DISTANCES: whether the character may stand that far behind (or before) the anchor. */
export type Surroundings = Uint16Array;

/** The bit of a distance; 0 where it is none of DISTANCES. */
export function bitOf(distance: number): number {
  const index = DISTANCES.indexOf(distance);
  return index < 0 ? 0 : 1 << index;
}

/**
 * @param offsets how many characters of a match may stand before its anchor
 * @param narrowed of what a class has, the codes that may stand so far from the anchor
 */
export function surroundingsOf(
  node: Node,
  offsets: readonly number[],
  narrowed: (members: Uint8Array, distance: number) => Uint8Array = (members) => members,
): Surroundings {
  const around = new Uint16Array(CODES);
  const mark = (distance: number, codes: Uint8Array): void => {
    const bit = bitOf(distance);
    for (let code = 0; code < CODES; code++) if (codes[code] === 1) around[code] = (around[code] ?? 0) | bit;
  };
  const opening = openingOf(node).before;
  const ending = mayFollow(node);
  for (const offset of offsets) {
    const ends = walk(node, new Set([0]), (source, from) => {
      const to = new Set<number>();
      for (const place of from) {
        const codes = narrowed(membersOf(source), place - offset);
        if (place - offset > FARTHEST || !codes.includes(1)) continue;
        mark(place - offset, codes);
        to.add(place + 1);
      }
      return to;
    });
    for (const end of ends) {
      mark(end - offset, ending);
      for (let distance = end - offset + 1; distance <= FARTHEST; distance++) mark(distance, EVERY);
    }
    mark(-offset - 1, opening);
    for (const distance of DISTANCES) if (distance < -offset - 1) mark(distance, EVERY);
  }
  return around;
}

const EVERY = new Uint8Array(CODES).fill(1);

/** By code, whether the character may follow a match directly. */
function mayFollow(node: Node): Uint8Array {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  const looks = nodes.filter(
    (each, at) =>
      each.kind === 'look' &&
      each.opening === '?!' &&
      nodes.slice(at).every((after) => after.kind === 'look'),
  );
  const regex = new RegExp(`^${looks.map(write).join('')}`);
  return Uint8Array.from({ length: CODES }, (_, code) =>
    Number(code === BEYOND_ASCII || regex.test(String.fromCharCode(code))),
  );
}
