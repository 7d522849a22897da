import type { PlacedTrigger, Trigger } from './anchors.ts';
import { Places, Symbols } from './beginnings.ts';
import { TOKEN_OPENERS } from './disguise.ts';
import { BEYOND_ASCII, CODES, mayFollow, openingOf } from './opening.ts';
import type { Node, Pattern } from './pattern.ts';

/** Of a state: it has not been looked for yet. */
const UNKNOWN = 0;
/** From here on a number is no state but, this much less, a place in the lists of what may match whatever follows. */
const DECIDED = 0x8000;
/** Nothing may match. */
const NONE = DECIDED;
/** A flag: something may begin here that reads as something else. */
const TOKEN = 0x10000;
const STATE_BITS = TOKEN - 1;
/**
 * More of either are forgotten when the next search begins: text of lots of kinds must not fill the memory. One
 * search may add MOST_NEW_STATES and one for each of `#pairs`; there is room for DECIDED of either.
 */
const MOST_STATES = 24_000;
const MOST_LISTS = 12_000;
/** One search finds no more new ones than this, which bounds its time; then it tells the patterns apart less well. */
const MOST_NEW_STATES = 2000;
/** So far from an anchor patterns are told apart, from a digit and from others; then those that are left are tried. */
const NUMBER_CHARS = 20;
const WORD_CHARS = 10;

const BLANK = 32;

/** BEYOND_ASCII and CODES as this module's own: to the compiler what is imported is no constant, which costs a third. */
const BEYOND: typeof BEYOND_ASCII = 128;
const COLUMNS: typeof CODES = 129;

/** The place of a pattern that has matched, as far as can be told. */
const MATCHED = 0;

/**
 * Which triggers are worth a try at an anchor: their patterns as one automaton that reads on from the anchor until
 * each of them has failed or matched. It may name one too many, never one too few: looks within patterns are passed
 * over, and before the anchor only one character is seen.
 *
 * States are found as texts need them. A member of a state is a trigger and a place in its pattern.
 */
export class Candidates {
  readonly #placed: readonly PlacedTrigger[];
  readonly #places = new Places();
  readonly #symbols: Symbols;
  /** By UTF-16 unit. */
  readonly #symbolOf: Uint8Array;
  /** The same, with one symbol for all digits: which they are matters at the anchor and right behind it. */
  readonly #blurred: Uint8Array;
  readonly #width: number;
  /** By code of ASCII, and for all beyond it, the symbols there are. */
  readonly #symbolsAt: readonly (readonly number[])[];
  /** By class and symbol, whether the class has it; by place, where its class begins there. */
  readonly #has: Uint8Array;
  readonly #rows: Int32Array;
  /** By place: the places where a pattern waits for nothing but a character that may follow it. */
  readonly #follows = new Set<number>();
  readonly #shift: number;
  /** By trigger, where it may be before the character ahead of its anchor is read, and where if none need be. */
  readonly #starts: readonly Start[];
  #next: Uint16Array;
  #members: Int32Array[] = [];
  #left: (readonly Trigger[] | undefined)[] = [];
  #ended: (readonly Trigger[] | undefined)[] = [];
  #lists: (readonly Trigger[])[] = [];
  #known = new Map<number, number>();
  #knownLists = new Map<string, number>();
  #fresh = 0;
  /** By the codes of two characters in a row: the state after the second of them, as an anchor, and TOKEN. */
  readonly #pairs = new Int32Array(CODES * CODES);
  /** What may match at the place that was found last. */
  triggers: readonly Trigger[] = [];
  /** Whether something may begin there that reads as something else. */
  token = false;

  constructor(placed: readonly PlacedTrigger[]) {
    this.#placed = placed;
    const entries = new Map<Pattern, number>();
    for (const { trigger } of placed) {
      const { pattern } = trigger.trial;
      if (!entries.has(pattern)) entries.set(pattern, this.#entryOf(pattern.node));
    }
    this.#symbols = new Symbols(this.#places.sources);
    this.#symbolOf = this.#symbols.of;
    const someDigit = this.#symbols.count;
    this.#blurred = this.#symbolOf.slice().fill(someDigit, 48, 58);
    this.#width = someDigit + 1;
    this.#symbolsAt = Array.from({ length: CODES }, (_, code) => this.#symbolsFor(code));
    const digits = [...this.#symbolOf.subarray(48, 58)];
    const reads = (symbol: number, read: number): boolean => this.#symbols.reads[symbol]?.[read] === 1;
    this.#has = Uint8Array.from({ length: this.#places.sources.length * this.#width }, (_, at) => {
      const read = Math.floor(at / this.#width);
      const symbol = at % this.#width;
      return Number(symbol === someDigit ? digits.some((each) => reads(each, read)) : reads(symbol, read));
    });
    this.#rows = Int32Array.from(
      { length: this.#places.count },
      (_, at) => this.#places.classOf(at) * this.#width,
    );
    this.#shift = Math.ceil(Math.log2(this.#places.count));
    if (placed.length >= 2 ** (31 - this.#shift)) throw new RangeError('too many patterns');
    this.#starts = placed.map(({ trigger }) =>
      this.#startOf(trigger, entries.get(trigger.trial.pattern) ?? 0),
    );
    this.#next = new Uint16Array(0);
    this.#forget();
  }

  /** A search begins. */
  begin(): void {
    this.#fresh = 0;
    if (this.#members.length > MOST_STATES || this.#lists.length > MOST_LISTS) this.#forget();
  }

  /**
   * The next place, from `from` on and before `end`, that is an anchor of something that may match, or where something
   * may begin that reads as something else; `end` where there is none. `triggers` and `token` then say what it is.
   */
  seek(text: string, from: number, end: number): number {
    const pairs = this.#pairs;
    const symbolOf = this.#blurred;
    const width = this.#width;
    const { length } = text;
    let next = this.#next;
    let previous = from > 0 ? Math.min(text.charCodeAt(from - 1), BEYOND) : BEYOND;
    for (let at = from; at < end; at++) {
      const here = Math.min(text.charCodeAt(at), BEYOND);
      let row = pairs[previous * COLUMNS + here] as number;
      if (row === UNKNOWN) {
        row = this.#row(previous, here);
        next = this.#next;
      }
      previous = here;
      if (row === NONE) continue;
      // one loop with no calls in it: at most places it is over after a character or two
      const limit = Math.min(length, at + (isDigit(here) ? NUMBER_CHARS : WORD_CHARS));
      let state = row & STATE_BITS;
      let ahead = at + 1;
      while (ahead < limit && state < DECIDED) {
        const symbol = symbolOf[text.charCodeAt(ahead)] as number;
        const known = next[state * width + symbol] as number;
        if (known !== UNKNOWN) state = known;
        else {
          if (this.#fresh > MOST_NEW_STATES) break;
          state = this.#step(state, symbol);
          next = this.#next;
        }
        ahead++;
      }
      if (state === NONE && row < TOKEN) continue;
      this.token = row >= TOKEN;
      this.triggers = this.#triggersIn(state, ahead === length);
      return at;
    }
    return end;
  }

  #triggersIn(state: number, atEnd: boolean): readonly Trigger[] {
    if (state >= DECIDED) return this.#lists[state - DECIDED] as readonly Trigger[];
    return atEnd ? this.#endedIn(state) : this.#leftIn(state);
  }

  /** Fills in what `#pairs` does not have yet. */
  #row(previous: number, code: number): number {
    const to: number[] = [];
    for (const [index, { codes, follows }] of this.#placed.entries()) {
      if (!codes.includes(code) || follows?.(previous) === false) continue;
      const { before, first, opening } = this.#starts[index] as Start;
      const from = this.#read(before, this.#symbolsAt[previous] as readonly number[]);
      if (opening[previous] === 1) from.push(...first);
      for (const each of this.#read(from, this.#symbolsAt[code] as readonly number[]))
        to.push((index << this.#shift) | each);
    }
    const state = this.#stateOf(to);
    const row = isTokenOpener(code, previous) ? state + TOKEN : state;
    this.#pairs[previous * CODES + code] = row;
    return row;
  }

  #forget(): void {
    this.#members = [new Int32Array(0)];
    this.#left = [undefined];
    this.#ended = [undefined];
    this.#lists = [[]];
    this.#known = new Map();
    this.#knownLists = new Map([['', NONE]]);
    this.#next = new Uint16Array(64 * this.#width);
    this.#pairs.fill(UNKNOWN);
  }

  #step(state: number, symbol: number): number {
    const mask = (1 << this.#shift) - 1;
    const to: number[] = [];
    for (const member of this.#members[state] as Int32Array) {
      const at = member & mask;
      if (at === MATCHED) to.push(member);
      else if (this.#has[(this.#rows[at] as number) + symbol] === 1)
        for (const lead of this.#places.behind(at)) to.push((member & ~mask) | lead);
    }
    const next = this.#stateOf(to);
    this.#next[state * this.#width + symbol] = next;
    return next;
  }

  #stateOf(unsorted: readonly number[]): number {
    const members = this.#pruned(unsorted);
    const mask = (1 << this.#shift) - 1;
    if (members.every((member) => (member & mask) === MATCHED)) return this.#listOf(members);
    let hash = 17;
    for (const member of members) hash = (Math.imul(hash, 31) + member) | 0;
    for (let known = this.#known.get(hash); known !== undefined; known = this.#known.get(++hash))
      if (isSame(this.#members[known] as Int32Array, members)) return known;
    this.#fresh++;
    // no room for another: whatever may still match is named
    if (this.#members.length === DECIDED) return this.#listOf(members);
    const state = this.#members.push(members) - 1;
    this.#left.push(undefined);
    this.#ended.push(undefined);
    this.#known.set(hash, state);
    if (this.#members.length * this.#width > this.#next.length) {
      const next = new Uint16Array(this.#next.length * 2);
      next.set(this.#next);
      this.#next = next;
    }
    return state;
  }

  #listOf(members: Int32Array): number {
    const key = members.join();
    const known = this.#knownLists.get(key);
    if (known !== undefined) return known;
    this.#fresh++;
    const list = this.#lists.push(this.#triggersOf(members)) - 1 + DECIDED;
    this.#knownLists.set(key, list);
    return list;
  }

  /** In order and once each; of a trigger that has matched nothing else matters. */
  #pruned(unsorted: readonly number[]): Int32Array {
    const sorted = Int32Array.from(unsorted).sort();
    let count = 0;
    let matched = -1;
    let last = -1;
    for (const member of sorted) {
      const trigger = member >> this.#shift;
      if (trigger === matched || member === last) continue;
      if (member === trigger << this.#shift) matched = trigger;
      sorted[count++] = member;
      last = member;
    }
    return sorted.slice(0, count);
  }

  #triggersOf(members: Iterable<number>): readonly Trigger[] {
    const indices = new Set(Array.from(members, (member) => member >> this.#shift));
    return Array.from(indices, (index) => (this.#placed[index] as PlacedTrigger).trigger);
  }

  /** Those that have not failed in this state. */
  #leftIn(state: number): readonly Trigger[] {
    const left = this.#left[state] ?? this.#triggersOf(this.#members[state] as Int32Array);
    this.#left[state] = left;
    return left;
  }

  /** Those that have matched if the text ends here. */
  #endedIn(state: number): readonly Trigger[] {
    const known = this.#ended[state];
    if (known !== undefined) return known;
    const mask = (1 << this.#shift) - 1;
    const members = (this.#members[state] as Int32Array).filter((member) => {
      const at = member & mask;
      return at === MATCHED || this.#follows.has(at);
    });
    const ended = this.#triggersOf(members);
    this.#ended[state] = ended;
    return ended;
  }

  /** The places after a character that is one of these symbols; without them, after any. */
  #read(from: Iterable<number>, symbols?: readonly number[]): number[] {
    const to = new Set<number>();
    for (const at of from) {
      const row = this.#rows[at] as number;
      if (at !== MATCHED && symbols?.some((symbol) => this.#has[row + symbol] === 1) !== false)
        for (const lead of this.#places.behind(at)) to.add(lead);
    }
    return [...to];
  }

  #entryOf(node: Node): number {
    const { body, follow } = ending(node);
    if (follow?.kind === 'char') this.#follows.add(this.#places.of(follow));
    return this.#places.of(follow === undefined ? body : { kind: 'sequence', nodes: [body, follow] });
  }

  #startOf({ trial, literal, ignoreCase, offset, max }: Trigger, entry: number): Start {
    const first = [...this.#places.closure([entry])];
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
      opening: openingOf(trial.pattern.node).before,
    };
  }

  #spelt(code: number, ignoreCase: boolean): number[] {
    const codes = ignoreCase && code >= 97 && code <= 122 ? [code, code - 32] : [code];
    return codes.map((each) => this.#symbolOf[each] as number);
  }

  #symbolsFor(code: number): number[] {
    if (code < BEYOND_ASCII) return [this.#symbolOf[code] as number];
    return [...new Set(this.#symbolOf.subarray(BEYOND_ASCII))];
  }
}

interface Start {
  readonly before: readonly number[];
  readonly first: readonly number[];
  /** By code, whether it may stand before a match. */
  readonly opening: Uint8Array;
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
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

/** A blank reads as something else only between digits. */
function isTokenOpener(code: number, previous: number): boolean {
  return code === BEYOND_ASCII || (TOKEN_OPENERS.includes(code) && (code !== BLANK || isDigit(previous)));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
