import { BEYOND_ASCII, CODES, openingOf } from './opening.ts';
import { maxLength, type Node, type Pattern } from './pattern.ts';

/** A place in a pattern: which symbols lead on from it, and whither; by number, as are the free steps. */
interface Places {
  /** By place, the class it reads; undefined for free steps. */
  readonly classes: (string | undefined)[];
  readonly next: number[][];
}

const DEAD = 0;
const UNKNOWN = 0xffff;
/**
 * More states than this are forgotten and found anew: text of lots of kinds must not fill the memory. Less than
 * UNKNOWN. The recognisers' examples alone make some 20 000.
 */
const MOST_STATES = 60_000;
const FIRST_STATES = 1024;

/** How far the search in a growing text has come; the next search in it goes on there. */
export class Progress {
  /** The first place from which the text so far was the beginning of a match. */
  start = 0;
  /** Up to where it was read from there, and the state it led to. */
  ahead = 0;
  state = DEAD;
  /** States are numbers of one time only. */
  epoch = 0;

  /** So many characters were cut off the text's beginning. */
  shift(by: number): void {
    this.start -= by;
    this.ahead -= by;
  }
}

/**
 * The test whether a text that ends here may be the beginning of a match: all patterns as one automaton, its states
 * found as texts need them. It may say yes too often, never too seldom: looks behind matter only where a match
 * starts, and what a look ahead sees is waited for. (As one regular expression the same test is 30 times slower
 * with 200 patterns: V8 tries them one by one.)
 */
export class Beginnings {
  readonly #places: Places = { classes: [], next: [] };
  readonly #symbols: Symbols;
  /** By the code before a match, the state from which it starts. */
  readonly #starts: readonly (readonly number[])[];
  #startStates = new Uint16Array(CODES).fill(UNKNOWN);
  #known = new Map<string, number>();
  #epoch = 0;
  #members: number[][] = [[]];
  /** By state and symbol, the state they lead to: `state * symbols + symbol`. */
  #next = new Uint16Array(0);

  constructor(patterns: readonly Pattern[]) {
    const entries = patterns.map(({ node }) => place(this.#places, node, end(this.#places)));
    const openings = patterns.map(({ node }) => openingOf(node));
    this.#starts = Array.from({ length: CODES }, (_, before) =>
      entries.filter((_, at) => openings[at]?.before[before] === 1),
    );
    this.#symbols = new Symbols(this.#places.classes);
    this.#forget();
  }

  /**
   * The first place from `from` on whence the text to its end is the beginning of a match; else its length.
   *
   * @param progress of the last search in this text, when it was shorter and `from` no further
   */
  firstIn(text: string, from: number, progress = new Progress()): number {
    const goesOn = progress.state !== DEAD && progress.epoch === this.#epoch && progress.start >= from;
    if (!goesOn) {
      progress.start = Math.max(from, progress.start);
      progress.state = UNKNOWN;
    }
    const { length } = text;
    const { of: symbols, count: width } = this.#symbols;
    let { start, ahead, state } = progress;
    while (start < length) {
      if (state === UNKNOWN) {
        const before = start > 0 ? Math.min(text.charCodeAt(start - 1), BEYOND_ASCII) : BEYOND_ASCII;
        state = this.#startStates[before] as number;
        if (state === UNKNOWN) state = this.#start(before);
        ahead = start;
      }
      while (state !== DEAD && ahead < length) {
        const symbol = symbols[text.charCodeAt(ahead)] as number;
        const next = this.#next[state * width + symbol] as number;
        state = next === UNKNOWN ? this.#step(state, symbol) : next;
        ahead++;
      }
      if (state !== DEAD) break;
      start++;
      state = UNKNOWN;
    }
    progress.start = start;
    progress.ahead = ahead;
    progress.state = start < length ? state : DEAD;
    progress.epoch = this.#epoch;
    return start;
  }

  #forget(): void {
    this.#epoch++;
    this.#known = new Map();
    this.#members = [[]];
    this.#next = new Uint16Array(FIRST_STATES * this.#symbols.count).fill(UNKNOWN);
    this.#startStates = new Uint16Array(CODES).fill(UNKNOWN);
  }

  #start(before: number): number {
    const state = this.#stateOf(this.#starts[before] as readonly number[]);
    this.#startStates[before] = state;
    return state;
  }

  #step(from: number, symbol: number): number {
    const reads = this.#symbols.reads[symbol] as ReadonlySet<string>;
    const to: number[] = [];
    for (const at of this.#members[from] as readonly number[]) {
      const read = this.#places.classes[at];
      if (read !== undefined && reads.has(read)) to.push(...(this.#places.next[at] as number[]));
    }
    const epoch = this.#epoch;
    const state = this.#stateOf(to);
    if (this.#epoch === epoch) this.#next[from * this.#symbols.count + symbol] = state;
    return state;
  }

  #stateOf(places: readonly number[]): number {
    const members = this.#closure(places);
    if (members.length === 0) return DEAD;
    const key = members.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#members.length > MOST_STATES) this.#forget();
    const state = this.#members.push(members) - 1;
    if (this.#members.length * this.#symbols.count > this.#next.length) this.#next = twice(this.#next);
    this.#known.set(key, state);
    return state;
  }

  /** Where the free steps lead; ends count, they are what has only just ended. */
  #closure(places: readonly number[]): number[] {
    const seen = new Set<number>();
    const todo = [...places];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (this.#places.classes[at] === undefined) todo.push(...(this.#places.next[at] as number[]));
    }
    const isMember = (at: number): boolean =>
      this.#places.classes[at] !== undefined || this.#places.next[at]?.length === 0;
    return [...seen].filter(isMember).sort((a, b) => a - b);
  }
}

function twice(states: Uint16Array): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(states.length * 2).fill(UNKNOWN, states.length);
  grown.set(states);
  return grown;
}

function add(places: Places, read: string | undefined, next: number[]): number {
  places.classes.push(read);
  return places.next.push(next) - 1;
}

function end(places: Places): number {
  return add(places, undefined, []);
}

/** Adds the places of a node that goes on at `then`; gives its first. */
function place(places: Places, node: Node, then: number): number {
  switch (node.kind) {
    case 'char':
      return add(places, node.source, [then]);
    case 'sequence':
      return node.nodes.reduceRight((next, each) => place(places, each, next), then);
    case 'choice':
      return add(
        places,
        undefined,
        node.nodes.map((each) => place(places, each, then)),
      );
    case 'repeat': {
      let next = then;
      for (let time = node.max; time > 0; time--) {
        const first = place(places, node.node, next);
        next = time > node.min ? add(places, undefined, [first, then]) : first;
      }
      return next;
    }
    case 'look':
      return lookingAhead(node) ? add(places, undefined, [then, waiting(places, node.node)]) : then;
  }
}

function lookingAhead(node: Extract<Node, { kind: 'look' }>): boolean {
  return (node.opening === '?=' || node.opening === '?!') && maxLength(node.node) > 1;
}

/** The places of what a look sees: there a text waits, and goes no further once it has been seen. */
function waiting(places: Places, node: Node): number {
  const seen = add(places, undefined, []);
  // a place that leads to itself alone is no end
  places.next[seen] = [seen];
  return place(places, node, seen);
}

/** Characters that no class tells apart, by number. */
class Symbols {
  readonly of = new Uint8Array(0x10000);
  /** By symbol, the classes that it is in. */
  readonly reads: ReadonlySet<string>[] = [];

  constructor(classes: readonly (string | undefined)[]) {
    const sources = [...new Set(classes)].filter((each) => each !== undefined);
    const tests = sources.map((source) => [source, new RegExp(`^${source}$`)] as const);
    const known = new Map<string, number>();
    const bounds = boundsOf(sources);
    for (const [index, from] of bounds.entries()) {
      const char = String.fromCharCode(from);
      const reads = tests.filter(([, test]) => test.test(char)).map(([source]) => source);
      const key = reads.join('\n');
      const symbol = known.get(key) ?? this.reads.push(new Set(reads)) - 1;
      known.set(key, symbol);
      this.of.fill(symbol, from, bounds[index + 1] ?? 0x10000);
    }
  }

  get count(): number {
    return this.reads.length;
  }
}

/** Where blanks beyond ASCII begin and end, as `\s` has them. */
const BLANKS = [
  0xa0, 0xa1, 0x1680, 0x1681, 0x2000, 0x200b, 0x2028, 0x202a, 0x202f, 0x2030, 0x205f, 0x2060, 0x3000, 0x3001,
  0xfeff, 0xff00,
];

/** Codes between two of which no class changes its mind. */
function boundsOf(sources: readonly string[]): number[] {
  const bounds = new Set([...Array.from({ length: 129 }, (_, code) => code), ...BLANKS]);
  for (const source of sources) {
    for (const [written, code] of source.matchAll(/\\u([0-9a-fA-F]{4})|[^\0-\x7f]/g)) {
      const unit = code === undefined ? written.charCodeAt(0) : Number.parseInt(code, 16);
      bounds.add(unit);
      bounds.add(unit + 1);
    }
  }
  return [...bounds].filter((unit) => unit < 0x10000).sort((a, b) => a - b);
}
