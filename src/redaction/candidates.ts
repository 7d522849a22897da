import type { PlacedTrigger, Trigger } from './anchors.ts';
import { SUSPECTS } from './disguise.ts';
import { Entrances, MATCHED } from './entrances.ts';
import { Glance, isTokenOpener, type UNSEEN_PAIR } from './glance.ts';
import { type BEYOND_ASCII, CODES } from './opening.ts';

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

/** As this module's own: to the compiler what is imported is no constant, which costs a third. */
const BEYOND: typeof BEYOND_ASCII = 128;
const COLUMNS: typeof CODES = 129;
const UNSEEN: typeof UNSEEN_PAIR = -1;

/**
 * Which triggers are worth a try at an anchor: their patterns as one automaton that reads on from the anchor until
 * each of them has failed or matched. It may name one too many, never one too few: looks within patterns are passed
 * over, and before the anchor only one character is seen.
 *
 * States are found as texts need them. A member of a state is a trigger and a place in its pattern.
 */
export class Candidates {
  readonly #entrances: Entrances;
  readonly #glance: Glance;
  readonly #shift: number;
  #next: Uint16Array;
  #members: Int32Array[] = [];
  #left: (readonly Trigger[] | undefined)[] = [];
  #ended: (readonly Trigger[] | undefined)[] = [];
  #lists: (readonly Trigger[])[] = [];
  #known = new Map<number, number>();
  #knownLists = new Map<string, number>();
  #fresh = 0;
  /** By the codes of two characters in a row: the state after the second, as an anchor (before it, if beyond ASCII), and TOKEN. */
  readonly #pairs = new Int32Array(CODES * CODES);
  /** What may match at the place that was found last. */
  triggers: readonly Trigger[] = [];
  /** Whether something may begin there that reads as something else. */
  token = false;

  constructor(placed: readonly PlacedTrigger[]) {
    this.#entrances = new Entrances(placed);
    this.#glance = new Glance(this.#entrances);
    this.#shift = Math.ceil(Math.log2(this.#entrances.places.count));
    if (placed.length >= 2 ** (31 - this.#shift)) throw new RangeError('too many patterns');
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
    const seen = this.#glance.pairs;
    const pairs = this.#pairs;
    const symbolOf = this.#entrances.blurred;
    const width = this.#entrances.width;
    const { length } = text;
    let next = this.#next;
    let here = from > 0 ? Math.min(text.charCodeAt(from - 1), BEYOND) : BEYOND;
    let behind = from < length ? Math.min(text.charCodeAt(from), BEYOND) : BEYOND;
    let coming = seen[here * COLUMNS + behind] as number;
    for (let at = from; at < end; at++) {
      const previous = here;
      let pair = coming;
      here = behind;
      if (at + 1 < length) {
        behind = Math.min(text.charCodeAt(at + 1), BEYOND);
        coming = seen[here * COLUMNS + behind] as number;
      } else coming = UNSEEN;
      if ((pair & (coming >>> 16)) === 0) continue;
      if (pair === UNSEEN) pair = this.#glance.see(previous, here);
      if (coming === UNSEEN && at + 1 < length) coming = this.#glance.see(here, behind);
      if ((pair & (coming >>> 16)) === 0) continue;
      let row = pairs[previous * COLUMNS + here] as number;
      if (row === UNKNOWN) {
        row = this.#row(previous, here);
        next = this.#next;
      }
      if (row === NONE) continue;
      // one loop with no calls in it: at most places it is over after a character or two
      const limit = Math.min(length, at + (isDigit(here) ? NUMBER_CHARS : WORD_CHARS));
      let state = row & STATE_BITS;
      let ahead = here === BEYOND ? at : at + 1;
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
      const token = row >= TOKEN && SUSPECTS[text.charCodeAt(at)] === 1;
      if (state === NONE && !token) continue;
      this.token = token;
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
    for (const index of this.#entrances.triggersAt(code))
      for (const place of this.#placesAt(index, previous, code)) to.push((index << this.#shift) | place);
    const state = this.#stateOf(to);
    const row = isTokenOpener(code, previous) ? state + TOKEN : state;
    this.#pairs[previous * CODES + code] = row;
    return row;
  }

  /** Which one it is of the characters beyond ASCII is read in the loop. */
  #placesAt(index: number, previous: number, code: number): readonly number[] {
    return code === BEYOND
      ? this.#entrances.until(index, previous)
      : this.#entrances.after(index, previous, code);
  }

  #forget(): void {
    this.#members = [new Int32Array(0)];
    this.#left = [undefined];
    this.#ended = [undefined];
    this.#lists = [[]];
    this.#known = new Map();
    this.#knownLists = new Map([['', NONE]]);
    this.#next = new Uint16Array(64 * this.#entrances.width);
    this.#pairs.fill(UNKNOWN);
  }

  #step(state: number, symbol: number): number {
    const mask = (1 << this.#shift) - 1;
    const to: number[] = [];
    for (const member of this.#members[state] as Int32Array) {
      const at = member & mask;
      if (at === MATCHED) to.push(member);
      else if (this.#entrances.reads(at, symbol))
        for (const lead of this.#entrances.places.behind(at)) to.push((member & ~mask) | lead);
    }
    const next = this.#stateOf(to);
    this.#next[state * this.#entrances.width + symbol] = next;
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
    if (this.#members.length * this.#entrances.width > this.#next.length) {
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
    return Array.from(indices, (index) => (this.#entrances.placed[index] as PlacedTrigger).trigger);
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
      return at === MATCHED || this.#entrances.follows.has(at);
    });
    const ended = this.#triggersOf(members);
    this.#ended[state] = ended;
    return ended;
  }
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
