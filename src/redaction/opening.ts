import { type Node, write } from './pattern.ts';

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

/** Only negative ones: what they see before a match is not all there is, and more of it forbids no less. */
function leadingLookBehinds(node: Node): Node[] {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  const end = nodes.findIndex((each) => each.kind !== 'look');
  return nodes
    .slice(0, end < 0 ? nodes.length : end)
    .filter((each) => each.kind === 'look' && each.opening === '?<!');
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
