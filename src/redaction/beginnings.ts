import { BEYOND_ASCII, CODES, openingOf } from './opening.ts';
import { maxLength, type Node, type Pattern } from './pattern.ts';

const DEAD = 0;
const UNKNOWN = 0xffff;
/**
 * More states than this are forgotten and found anew: text of lots of kinds must not fill the memory. Less than
 * UNKNOWN. Two megabytes of all kinds make some 16 000.
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
  readonly #places = new Places();
  readonly #symbols: Symbols;
  /** By the code before a match, the places from which it starts. */
  readonly #starts: readonly Uint32Array[];
  readonly #found: Found;
  #startStates = new Uint16Array(CODES).fill(UNKNOWN);
  /** States by the hash of their members. */
  #known = new Map<number, number[]>();
  #epoch = 0;
  /** By state, the places that it stands for. */
  #members: Uint32Array[] = [];
  /** By state and symbol, the state they lead to: `state * symbols + symbol`. */
  #next = new Uint16Array(0);

  constructor(patterns: readonly Pattern[]) {
    const entries = patterns.map(({ node }) => this.#places.of(node));
    const openings = patterns.map(({ node }) => openingOf(node));
    this.#starts = Array.from({ length: CODES }, (_, before) =>
      this.#places.closure(entries.filter((_, at) => openings[at]?.before[before] === 1)),
    );
    this.#symbols = new Symbols(this.#places.sources);
    this.#found = new Found(this.#places.count);
    this.#forget();
  }

  /**
   * The first place from `from` on whence the text to its end is the beginning of a match; else its length.
   *
   * @param progress of the last search in this text, when it was shorter and `from` no further
   * @param to where the search ends and gives up
   */
  firstIn(text: string, from: number, progress = new Progress(), to = text.length): number {
    const goesOn = progress.state !== DEAD && progress.epoch === this.#epoch && progress.start >= from;
    if (!goesOn) {
      progress.start = Math.max(from, progress.start);
      progress.state = UNKNOWN;
    }
    const { length } = text;
    const { of: symbols, count: width } = this.#symbols;
    let { start, ahead, state } = progress;
    while (start < to) {
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
    progress.state = start < to ? state : DEAD;
    progress.epoch = this.#epoch;
    return start;
  }

  #forget(): void {
    this.#epoch++;
    this.#known = new Map();
    this.#members = [new Uint32Array(0)];
    this.#next = new Uint16Array(FIRST_STATES * this.#symbols.count).fill(UNKNOWN);
    this.#startStates = new Uint16Array(CODES).fill(UNKNOWN);
  }

  #start(before: number): number {
    const found = this.#found;
    found.clear();
    found.add(this.#starts[before] as Uint32Array);
    const state = this.#stateOf(found);
    this.#startStates[before] = state;
    return state;
  }

  #step(from: number, symbol: number): number {
    const found = this.#found;
    found.clear();
    const reads = this.#symbols.reads[symbol] as Uint8Array;
    const members = this.#members[from] as Uint32Array;
    for (let index = 0; index < members.length; index++) {
      const at = members[index] as number;
      if (reads[this.#places.classOf(at)] === 1) found.add(this.#places.behind(at));
    }
    const epoch = this.#epoch;
    const state = this.#stateOf(found);
    if (this.#epoch === epoch) this.#next[from * this.#symbols.count + symbol] = state;
    return state;
  }

  #stateOf(found: Found): number {
    if (found.size === 0) return DEAD;
    const alike = this.#known.get(found.hash) ?? [];
    for (const state of alike) if (found.equals(this.#members[state] as Uint32Array)) return state;
    if (this.#members.length > MOST_STATES) {
      this.#forget();
      alike.length = 0;
    }
    const state = this.#members.push(found.members()) - 1;
    if (this.#members.length * this.#symbols.count > this.#next.length) this.#next = twice(this.#next);
    alike.push(state);
    this.#known.set(found.hash, alike);
    return state;
  }
}

/** A set of places, in the making. */
class Found {
  size = 0;
  /** The same for the same places, whatever their order. */
  hash = 0;
  readonly #places: Uint32Array;
  /** By place, the round in which it was found. */
  readonly #rounds: Uint32Array;
  #round = 1;

  constructor(count: number) {
    this.#places = new Uint32Array(count);
    this.#rounds = new Uint32Array(count);
  }

  clear(): void {
    this.size = 0;
    this.hash = 0;
    this.#round++;
  }

  add(places: Uint32Array): void {
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as number;
      if (this.#rounds[place] === this.#round) continue;
      this.#rounds[place] = this.#round;
      this.#places[this.size++] = place;
      this.hash = (this.hash + mixed(place)) | 0;
    }
  }

  equals(members: Uint32Array): boolean {
    if (members.length !== this.size) return false;
    for (let index = 0; index < members.length; index++)
      if (this.#rounds[members[index] as number] !== this.#round) return false;
    return true;
  }

  members(): Uint32Array {
    return this.#places.slice(0, this.size);
  }
}

/** Spreads neighbours over all 32 bits (Murmur3's last step). */
function mixed(place: number): number {
  let hash = Math.imul(place ^ (place >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function twice(states: Uint16Array): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(states.length * 2).fill(UNKNOWN, states.length);
  grown.set(states);
  return grown;
}

/** What a place reads that reads nothing: from there steps are free, or it ends there. */
const NOTHING = 0;

/**
 * The places in all patterns, by number: which class each of them reads, and which places it leads to. Places with
 * the same class that lead to the same ones are one place, so that patterns which end alike share their ends.
 */
export class Places {
  /** The classes, by number. */
  readonly sources: string[] = [''];
  readonly #classes: number[] = [];
  readonly #next: (readonly number[])[] = [];
  readonly #behind: (Uint32Array | undefined)[] = [];
  readonly #known = new Map<string, number>();
  /** Where a pattern ends. */
  readonly end = this.#add(NOTHING, []);
  /** Where a look ahead has seen what it looks for: nothing is waited for any more, nothing ends. */
  readonly #seen = this.#add(NOTHING, [1]);

  get count(): number {
    return this.#next.length;
  }

  /** The first place of a pattern. */
  of(node: Node): number {
    return this.#place(node, this.end);
  }

  classOf(place: number): number {
    return this.#classes[place] as number;
  }

  /** The places at which one is when this one's character has been read. */
  behind(place: number): Uint32Array {
    const known = this.#behind[place];
    if (known !== undefined) return known;
    const found = this.closure(this.#next[place] as readonly number[]);
    this.#behind[place] = found;
    return found;
  }

  /** Where free steps lead from these places; ends count, they are what has only just ended. */
  closure(from: readonly number[]): Uint32Array {
    const seen = new Set<number>();
    const todo = [...from];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (this.#classes[at] === NOTHING) todo.push(...(this.#next[at] as readonly number[]));
    }
    return Uint32Array.from(seen).filter((at) => this.#classes[at] !== NOTHING || at === this.end);
  }

  #add(read: number, next: readonly number[]): number {
    const key = `${read}:${next.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#classes.push(read);
    const place = this.#next.push(next) - 1;
    this.#behind.push(undefined);
    this.#known.set(key, place);
    return place;
  }

  #class(source: string): number {
    const known = this.sources.indexOf(source);
    return known < 0 ? this.sources.push(source) - 1 : known;
  }

  /** Adds the places of a node that goes on at `then`; gives its first. */
  #place(node: Node, then: number): number {
    switch (node.kind) {
      case 'char':
        return this.#add(this.#class(node.source), [then]);
      case 'sequence':
        return node.nodes.reduceRight((next, each) => this.#place(each, next), then);
      case 'choice':
        return this.#add(
          NOTHING,
          node.nodes.map((each) => this.#place(each, then)),
        );
      case 'repeat': {
        let next = then;
        for (let time = node.max; time > 0; time--) {
          const first = this.#place(node.node, next);
          next = time > node.min ? this.#add(NOTHING, [first, then]) : first;
        }
        return next;
      }
      case 'look':
        return lookingAhead(node) ? this.#add(NOTHING, [then, this.#place(node.node, this.#seen)]) : then;
    }
  }
}

function lookingAhead(node: Extract<Node, { kind: 'look' }>): boolean {
  return (node.opening === '?=' || node.opening === '?!') && maxLength(node.node) > 1;
}

/** Characters that no class tells apart, by number. */
export class Symbols {
  readonly of = new Uint8Array(0x10000);
  /** By symbol and number of a class, whether it is in the class. */
  readonly reads: Uint8Array[] = [];

  constructor(sources: readonly string[]) {
    const tests = sources.map((source) => new RegExp(`^${source}$`));
    const known = new Map<string, number>();
    const bounds = boundsOf(sources);
    for (const [index, from] of bounds.entries()) {
      const char = String.fromCharCode(from);
      const reads = Uint8Array.from(tests, (test) => Number(test.test(char)));
      const key = reads.join('');
      const symbol = known.get(key) ?? this.reads.push(reads) - 1;
      known.set(key, symbol);
      this.of.fill(symbol, from, bounds[index + 1] ?? 0x10000);
    }
    // what does not fit into a byte would be taken for something else, and values would go unseen
    if (this.reads.length > MOST_SYMBOLS)
      throw new RangeError(`${this.reads.length} kinds of characters, at most ${MOST_SYMBOLS}`);
  }

  get count(): number {
    return this.reads.length;
  }
}

/** One byte each; `Candidates` needs one more. */
const MOST_SYMBOLS = 255;

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
