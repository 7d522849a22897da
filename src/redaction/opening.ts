import { maxLength, type Node, write } from './pattern.ts';

/**
 * What can be said of a pattern's first characters without trying it: the detector looks at a pattern only where it
 * could begin. All of it may say yes too often, never too seldom.
 */

/** ASCII by code, then whatever is beyond. */
export const CODES = 129;
export const BEYOND_ASCII = 128;

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

/** Negative ones, and such as see one character: of what others see one character is not all. */
function leadingLookBehinds(node: Node): Node[] {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  const end = nodes.findIndex((each) => each.kind !== 'look');
  return nodes
    .slice(0, end < 0 ? nodes.length : end)
    .filter(
      (each) =>
        each.kind === 'look' &&
        (each.opening === '?<!' || (each.opening === '?<=' && maxLength(each.node) === 1)),
    );
}

/** Of each of the first characters of a match, by code, whether it may stand there. */
export function firstChars(node: Node, count: number): Uint8Array[] {
  const sources = Array.from({ length: count }, () => new Set<string>());
  read(node, new Set([0]), sources);
  return sources.map((some) => {
    const regex = new RegExp(`^(?:${[...some].join('|')})$`);
    return Uint8Array.from({ length: CODES }, (_, code) =>
      Number(code === BEYOND_ASCII || regex.test(String.fromCharCode(code))),
    );
  });
}

/** Adds the classes that the node reads at these places, as far as they are asked for; gives the places behind it. */
function read(node: Node, from: ReadonlySet<number>, sources: readonly Set<string>[]): Set<number> {
  switch (node.kind) {
    case 'char':
      for (const place of from) sources[place]?.add(node.source);
      return new Set(Array.from(from, (place) => Math.min(place + 1, sources.length)));
    case 'look':
      return new Set(from);
    case 'sequence':
      return node.nodes.reduce<Set<number>>((places, each) => read(each, places, sources), new Set(from));
    case 'choice':
      return new Set(node.nodes.flatMap((each) => [...read(each, from, sources)]));
    case 'repeat': {
      let places = new Set(from);
      const ends = new Set(node.min === 0 ? from : []);
      for (let time = 1; time <= node.max; time++) {
        places = read(node.node, places, sources);
        if (time >= node.min) for (const place of places) ends.add(place);
      }
      return ends;
    }
  }
}

/** By code, whether the character may follow a match directly. */
export function mayFollow(node: Node): Uint8Array {
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
