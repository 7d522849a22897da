import type { PlacedTrigger, Trigger } from './anchors.ts';
import { Places, Symbols } from './beginnings.ts';
import { BEYOND_ASCII, CODES, mayFollow } from './opening.ts';
import type { Node, Pattern } from './pattern.ts';

/** The place of a pattern that has matched, as far as can be told. */
export const MATCHED = 0;

/** The places in the patterns of triggers, and which of them a pattern may have come to when its anchor is read. */
export class Entrances {
  readonly placed: readonly PlacedTrigger[];
  readonly places = new Places();
  /** By UTF-16 unit, its symbol, with one for all digits: which they are matters at the anchor and right behind it. */
  readonly blurred: Uint8Array;
  /** How many symbols there are. */
  readonly width: number;
  /** By code of ASCII, and for all beyond it, the symbols there are. */
  readonly symbolsAt: readonly (readonly number[])[];
  /** The same, blurred. */
  readonly blurredAt: readonly (readonly number[])[];
  /** The places where a pattern waits for nothing but a character that may follow it. */
  readonly follows = new Set<number>();
  /** By code, the triggers (their places in `placed`) that are looked at there. */
  readonly #triggersAt: readonly (readonly number[])[];
  /** By UTF-16 unit. */
  readonly #symbolOf: Uint8Array;
  /** By class and symbol, whether the class has it; by place, where its class begins there. */
  readonly #has: Uint8Array;
  readonly #rows: Int32Array;
  /** By trigger, where it may be before the character ahead of its anchor is read, and where if none need be. */
  readonly #starts: readonly Start[];
  /** By trigger and code, where it is behind its first character. */
  readonly #afterFirsts = new Map<number, number[]>();

  constructor(placed: readonly PlacedTrigger[]) {
    this.placed = placed;
    const entries = new Map<Pattern, number>();
    for (const { trigger } of placed) {
      const { pattern } = trigger.trial;
      if (!entries.has(pattern)) entries.set(pattern, this.#entryOf(pattern.node));
    }
    const symbols = new Symbols(this.places.sources);
    this.#symbolOf = symbols.of;
    const someDigit = symbols.count;
    this.blurred = this.#symbolOf.slice().fill(someDigit, 48, 58);
    this.width = someDigit + 1;
    this.symbolsAt = Array.from({ length: CODES }, (_, code) => symbolsFor(this.#symbolOf, code));
    this.blurredAt = Array.from({ length: CODES }, (_, code) => symbolsFor(this.blurred, code));
    const digits = [...this.#symbolOf.subarray(48, 58)];
    const reads = (symbol: number, read: number): boolean => symbols.reads[symbol]?.[read] === 1;
    this.#has = Uint8Array.from({ length: this.places.sources.length * this.width }, (_, at) => {
      const read = Math.floor(at / this.width);
      const symbol = at % this.width;
      return Number(symbol === someDigit ? digits.some((each) => reads(each, read)) : reads(symbol, read));
    });
    this.#rows = Int32Array.from(
      { length: this.places.count },
      (_, at) => this.places.classOf(at) * this.width,
    );
    this.#starts = placed.map(({ trigger }) =>
      this.#startOf(trigger, entries.get(trigger.trial.pattern) ?? 0),
    );
    this.#triggersAt = triggersAt(placed);
  }

  /** Whether a place that has not matched reads this symbol. */
  reads(place: number, symbol: number): boolean {
    return this.#has[(this.#rows[place] as number) + symbol] === 1;
  }

  /** The triggers that are looked at at a character. */
  triggersAt(code: number): readonly number[] {
    return this.#triggersAt[code] as readonly number[];
  }

  /** Where a trigger may be when the character before its anchor, one of these, has been read. */
  until(index: number, previous: number): readonly number[] {
    if ((this.placed[index] as PlacedTrigger).follows?.(previous) === false) return [];
    const { before, first, opening } = this.#starts[index] as Start;
    const places = this.#read(before, this.symbolsAt[previous] as readonly number[]);
    return opening[previous] === 1 ? [...new Set([...places, ...first])] : places;
  }

  /** Where a trigger may be when its anchor, and the character before, is one of these. */
  after(index: number, previous: number, code: number): readonly number[] {
    if ((this.placed[index] as PlacedTrigger).follows?.(previous) === false) return [];
    const { before, first, opening } = this.#starts[index] as Start;
    const symbols = this.symbolsAt[code] as readonly number[];
    const fromFirst = opening[previous] === 1 && first.length > 0 ? this.#afterFirst(index, first, code) : [];
    if (before.length === 0) return fromFirst;
    const from = this.#read(before, this.symbolsAt[previous] as readonly number[]);
    return [...new Set([...this.#read(from, symbols), ...fromFirst])];
  }

  #afterFirst(index: number, first: readonly number[], code: number): number[] {
    const key = index * CODES + code;
    const known = this.#afterFirsts.get(key) ?? this.#read(first, this.symbolsAt[code]);
    this.#afterFirsts.set(key, known);
    return known;
  }

  /** The places after a character that is one of these symbols; without them, after any. */
  #read(from: Iterable<number>, symbols?: readonly number[]): number[] {
    const to = new Set<number>();
    for (const at of from) {
      const row = this.#rows[at] as number;
      if (at !== MATCHED && symbols?.some((symbol) => this.#has[row + symbol] === 1) !== false)
        for (const lead of this.places.behind(at)) to.add(lead);
    }
    return [...to];
  }

  #entryOf(node: Node): number {
    const { body, follow } = ending(node);
    if (follow?.kind === 'char') this.follows.add(this.places.of(follow));
    return this.places.of(follow === undefined ? body : { kind: 'sequence', nodes: [body, follow] });
  }

  #startOf({ literal, ignoreCase, offset, max, ahead }: Trigger, entry: number): Start {
    const first = [...this.places.closure([entry])];
    const before = new Set<number>();
    let places = first;
    for (let read = 1; read <= offset + max; read++) {
      if (read >= offset) for (const each of places) before.add(each);
      const code = max > 0 ? Number.NaN : literal.charCodeAt(read - 1);
      places = this.#read(places, Number.isNaN(code) ? undefined : this.#spelt(code, ignoreCase));
    }
    return {
      before: [...before],
      first: offset === 0 ? first : [],
      opening: ahead,
    };
  }

  #spelt(code: number, ignoreCase: boolean): number[] {
    const codes = ignoreCase && code >= 97 && code <= 122 ? [code, code - 32] : [code];
    return codes.map((each) => this.#symbolOf[each] as number);
  }
}

function symbolsFor(symbolOf: Uint8Array, code: number): number[] {
  if (code < BEYOND_ASCII) return [symbolOf[code] as number];
  return [...new Set(symbolOf.subarray(BEYOND_ASCII))];
}

function triggersAt(placed: readonly PlacedTrigger[]): number[][] {
  const at: number[][] = Array.from({ length: CODES }, () => []);
  for (const [index, { codes }] of placed.entries()) for (const code of codes) at[code]?.push(index);
  return at;
}

interface Start {
  readonly before: readonly number[];
  readonly first: readonly number[];
  /** By code, whether it may stand before a match. */
  readonly opening: Uint8Array;
}

/** A pattern without its looks, but for what they say of the characters behind a match. */
function ending(node: Node): { readonly body: Node; readonly follow: Node | undefined } {
  const nodes = node.kind === 'sequence' ? node.nodes : [node];
  const last = nodes.findLastIndex((each) => each.kind !== 'look');
  const body: Node = { kind: 'sequence', nodes: nodes.slice(0, last + 1).map(withoutLooks) };
  const ahead = nodes
    .slice(last + 1)
    .find((each) => each.kind === 'look' && each.opening === '?=' && !mayBeEmpty(each.node));
  if (ahead?.kind === 'look') return { body, follow: withoutLooks(ahead.node) };
  const codes = mayFollow(node);
  if (!codes.includes(0)) return { body, follow: undefined };
  const source = Array.from(codes.subarray(0, BEYOND_ASCII), (may, code) =>
    may === 1 ? `\\x${code.toString(16).padStart(2, '0')}` : '',
  ).join('');
  return { body, follow: { kind: 'char', source: `[${source}\\u0080-\\uffff]` } };
}

function withoutLooks(node: Node): Node {
  switch (node.kind) {
    case 'char':
      return node;
    case 'look':
      return { kind: 'sequence', nodes: [] };
    case 'repeat':
      return { ...node, node: withoutLooks(node.node) };
    default:
      return { ...node, nodes: node.nodes.map(withoutLooks) };
  }
}

function mayBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'char':
      return false;
    case 'look':
      return true;
    case 'repeat':
      return node.min === 0 || mayBeEmpty(node.node);
    case 'sequence':
      return node.nodes.every(mayBeEmpty);
    case 'choice':
      return node.nodes.some(mayBeEmpty);
  }
}
