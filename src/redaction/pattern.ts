import { Cursor } from './cursor.ts';

/**
 * The patterns of recognisers: the subset of regular expressions in which every quantifier is bounded, so
 * that a pattern has a greatest length, and from which the test of its unfinished beginnings can be made.
 *
 * Allowed: characters, escapes, classes, `(?:…)`, `|`, `?`, `{n}`, `{m,n}`, look-ahead and look-behind.
 * A look-behind may look at LOOK_BEHIND_CHARS characters at most; what stands further back is for checks.
 */

export type Node =
  | { readonly kind: 'char'; readonly source: string }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }
  | { readonly kind: 'look'; readonly opening: '?=' | '?!' | '?<=' | '?<!'; readonly node: Node };

/** How far back checks may see, in the text as it is written. */
export const CONTEXT_CHARS = 64;

/** A character in disguise is written with up to 20 (`disguise.ts`), and no look may leave CONTEXT_CHARS. */
const LOOK_BEHIND_CHARS = 3;

export interface Pattern {
  readonly source: string;
  readonly node: Node;
  /** The longest text it can match or look at, in UTF-16 units from its start. */
  readonly maxLength: number;
}

/** @throws SyntaxError where the source leaves the subset; the message says where. */
export function parsePattern(source: string): Pattern {
  const reader = new Reader(source);
  const node = reader.choice();
  if (!reader.done()) reader.fail('unexpected )');
  if (lookBehind(node) > LOOK_BEHIND_CHARS)
    reader.fail(`looks back more than ${LOOK_BEHIND_CHARS} characters`);
  return { source, node, maxLength: maxLength(node) };
}

class Reader extends Cursor {
  fail(why: string): never {
    throw new SyntaxError(`pattern /${this.source}/ at ${this.at}: ${why}`);
  }

  choice(): Node {
    const nodes = [this.#sequence()];
    while (this.take('|')) nodes.push(this.#sequence());
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'choice', nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (!this.done() && !this.sees('|') && !this.sees(')')) {
      const node = this.#quantified();
      // what begins or ends a group begins or ends the pattern
      if (node.kind === 'sequence') nodes.push(...node.nodes);
      else nodes.push(node);
    }
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: 'sequence', nodes };
  }

  #quantified(): Node {
    const node = this.#atom();
    if (this.take('?')) return { kind: 'repeat', node, min: 0, max: 1 };
    if (this.sees('*') || this.sees('+')) this.fail('every quantifier must be bounded');
    if (!this.sees('{')) return node;
    const match = this.takeMatch(/\{(\d+)(?:,(\d+))?\}/y);
    if (match === undefined) this.fail('every quantifier must be bounded');
    const min = Number(match[1]);
    return { kind: 'repeat', node, min, max: match[2] === undefined ? min : Number(match[2]) };
  }

  #atom(): Node {
    if (this.take('(')) return this.#group();
    const match = this.takeMatch(
      /\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[^uxbBkpP1-9]|\[\^?(?:\\.|[^\]\\])*\]|[^\\[\]().*+?{}|^$]/y,
    );
    if (match === undefined) this.fail('not in the subset of patterns');
    return { kind: 'char', source: match[0] };
  }

  #group(): Node {
    for (const opening of ['?<=', '?<!', '?=', '?!'] as const) {
      if (this.take(opening)) return { kind: 'look', opening, node: this.#closed() };
    }
    if (!this.take('?:')) this.fail('groups do not capture: write (?:…)');
    return this.#closed();
  }

  #closed(): Node {
    const node = this.choice();
    if (!this.take(')')) this.fail('missing )');
    return node;
  }
}

/** The node as the source of a regular expression. */
export function write(node: Node): string {
  switch (node.kind) {
    case 'char':
      return node.source;
    case 'sequence':
      return node.nodes.map(write).join('');
    case 'choice':
      return `(?:${node.nodes.map(write).join('|')})`;
    case 'repeat':
      return `${unit(node.node)}{${node.min},${node.max}}`;
    case 'look':
      return `(${node.opening}${write(node.node)})`;
  }
}

function unit(node: Node): string {
  return node.kind === 'char' ? node.source : `(?:${write(node)})`;
}

/** The longest text that the node can match or look at, in UTF-16 units. */
export function maxLength(node: Node): number {
  switch (node.kind) {
    case 'char':
      return 1;
    case 'sequence':
      return node.nodes.reduce((sum, each) => sum + maxLength(each), 0);
    case 'choice':
      return Math.max(...node.nodes.map(maxLength));
    case 'repeat':
      return node.max * maxLength(node.node);
    case 'look':
      return node.opening === '?=' || node.opening === '?!' ? maxLength(node.node) : 0;
  }
}

function lookBehind(node: Node): number {
  switch (node.kind) {
    case 'char':
      return 0;
    case 'repeat':
      return lookBehind(node.node);
    case 'look':
      return node.opening === '?<=' || node.opening === '?<!' ? maxLength(node.node) : 0;
    default:
      return Math.max(0, ...node.nodes.map(lookBehind));
  }
}
