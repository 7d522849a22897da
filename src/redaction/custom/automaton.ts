import { type CharSet, charSet, widthOf } from './char-set.ts';
import { BEYOND_ASCII, isWord, nextStart, type Starts, startsOf } from './starts.ts';
import { PatternError, parseSyntax, type Syntax } from './syntax.ts';

/** A pattern's places, with all its repeats written out. */
const MOST_PLACES = 4000;
const MOST_STATES = 2000;
/** Of all states together; it bounds the time that a pattern takes to compile: some 50 ms. */
const MOST_STEPS = 2_000_000;
const MOST_SYMBOLS = 250;

const DEAD = 0;
/** A match ends here where the character that follows is not one of a word (or there is none), or where it is. */
const BEFORE_OTHER = 1;
const BEFORE_WORD = 2;

/** `run` found no match. */
export const NONE = -1;

/**
 * A pattern as a deterministic automaton, all of it built when the pattern is compiled: it reads a text one
 * character at a time and never goes back, whatever the pattern and the text.
 */
export class Automaton {
  /** The longest match, in UTF-16 units. */
  readonly maxChars: number;
  /** Whether the last run came to the end of the text with the match still able to grow, or only just ended. */
  open = false;
  readonly #symbols: Symbols;
  readonly #next: Uint16Array;
  readonly #accepts: Uint8Array;
  readonly #afterOther: number;
  readonly #afterWord: number;
  /** See `Starts`. */
  readonly starts: Starts;

  /**
   * @param mostChars how long a match may be, in UTF-16 units
   * @throws PatternError where the source leaves the syntax, or a match or the automaton would be too large
   */
  constructor(source: string, ignoreCase: boolean, mostChars: number) {
    const node = parseSyntax(source);
    const sets = new Map<string, CharSet>();
    for (const each of classesIn(node)) sets.set(each, charSet(each, ignoreCase));
    const [minChars, maxChars] = extentOf(node, sets);
    if (minChars === 0)
      throw new PatternError('also matches nothing at all; make a part of it that is not optional');
    if (maxChars > mostChars)
      throw new PatternError(
        `matches up to ${maxChars} characters, at most ${mostChars} (those beyond U+FFFF count twice, as "." may); lower its repeats, or let a tail take what follows`,
      );
    this.maxChars = maxChars;
    this.#symbols = new Symbols(sets);
    const { next, accepts, afterOther, afterWord } = new Builder(node, this.#symbols).build();
    if (!accepts.some((each) => each !== 0)) throw new PatternError('never matches; look at its \\b and \\B');
    this.#next = Uint16Array.from(next);
    this.#accepts = Uint8Array.from(accepts);
    this.#afterOther = afterOther;
    this.#afterWord = afterWord;
    this.starts = startsOf(this.#symbols, (word, symbol, next) => {
      const first = this.#next[(word ? afterWord : afterOther) * this.#symbols.count + symbol] as number;
      if (first === DEAD) return false;
      return this.#accepts[first] !== 0 || this.#next[first * this.#symbols.count + next] !== DEAD;
    });
  }

  mayStart(text: string, at: number): boolean {
    return nextStart(this.starts, text, at, at + 1) === at;
  }

  /**
   * The end of the longest match that begins at `at` and ends by `to`, else NONE; it sees one character beyond.
   * Afterwards `open` says whether more text could change the answer.
   */
  run(text: string, at: number, to: number): number {
    let state = at > 0 && isWord(text.charCodeAt(at - 1)) ? this.#afterWord : this.#afterOther;
    let end = NONE;
    let here = at;
    this.open = false;
    while (state !== DEAD) {
      const code = here < text.length ? (text.codePointAt(here) as number) : NONE;
      const accepts = this.#accepts[state] as number;
      if (accepts !== 0 && (accepts & (isWord(code) ? BEFORE_WORD : BEFORE_OTHER)) !== 0) end = here;
      if (here >= to || code === NONE) {
        this.open = code === NONE;
        return end;
      }
      if (here + 1 === text.length && isHighSurrogate(code)) {
        this.open = true;
        return end;
      }
      state = this.#next[state * this.#symbols.count + this.#symbols.of(code)] as number;
      here += code > 0xffff ? 2 : 1;
    }
    return end;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function classesIn(node: Syntax): string[] {
  switch (node.kind) {
    case 'class':
      return [node.source];
    case 'repeat':
      return classesIn(node.node);
    case 'edge':
      return [];
    default:
      return node.nodes.flatMap(classesIn);
  }
}

/** Its shortest and its longest match, in UTF-16 units. */
function extentOf(node: Syntax, sets: ReadonlyMap<string, CharSet>): readonly [min: number, max: number] {
  switch (node.kind) {
    case 'class':
      return [1, widthOf(sets.get(node.source) ?? [])];
    case 'edge':
      return [0, 0];
    case 'repeat': {
      const [min, max] = extentOf(node.node, sets);
      return [min * node.min, max * node.max];
    }
    case 'sequence':
      return node.nodes
        .map((each) => extentOf(each, sets))
        .reduce(([min, max], [least, most]) => [min + least, max + most], [0, 0]);
    case 'choice': {
      const all = node.nodes.map((each) => extentOf(each, sets));
      return [Math.min(...all.map(([min]) => min)), Math.max(...all.map(([, max]) => max))];
    }
  }
}

/** Characters that no class tells apart, by number; those of words are never together with others. */
class Symbols {
  readonly #ascii = new Uint8Array(BEYOND_ASCII);
  /** Beyond ASCII: where a run of one symbol begins, and which. */
  readonly #from: Uint32Array;
  readonly #symbol: Uint8Array;
  readonly #beyond: readonly number[];
  /** By symbol, a character of it. */
  readonly #samples: number[] = [];
  /** By symbol, the classes that have it. */
  readonly #classes: ReadonlySet<string>[] = [];

  constructor(sets: ReadonlyMap<string, CharSet>) {
    const numbers = new Map<string, number>();
    const runs: [from: number, symbol: number][] = [];
    const add = (code: number): number => {
      const classes = [...sets].filter(([, set]) => has(set, code)).map(([source]) => source);
      const key = `${isWord(code)} ${classes.join('\n')}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      if (numbers.size >= MOST_SYMBOLS)
        throw new PatternError(
          'has too many different classes of characters; write them as fewer, larger ones',
        );
      numbers.set(key, numbers.size);
      this.#samples.push(code);
      return this.#classes.push(new Set(classes)) - 1;
    };
    for (let code = 0; code < BEYOND_ASCII; code++) this.#ascii[code] = add(code);
    for (const from of boundsBeyond([...sets.values()])) runs.push([from, add(from)]);
    this.#from = Uint32Array.from(runs, ([from]) => from);
    this.#symbol = Uint8Array.from(runs, ([, symbol]) => symbol);
    this.#beyond = [...new Set(this.#symbol)];
  }

  get count(): number {
    return this.#samples.length;
  }

  of(code: number): number {
    if (code < BEYOND_ASCII) return this.#ascii[code] as number;
    let low = 0;
    let high = this.#from.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#from[middle] as number) <= code) low = middle;
      else high = middle - 1;
    }
    return this.#symbol[low] as number;
  }

  isWord(symbol: number): boolean {
    return isWord(this.#samples[symbol] as number);
  }

  isIn(symbol: number, source: string): boolean {
    return this.#classes[symbol]?.has(source) === true;
  }

  /** Those of the characters of a column. */
  ofColumn(column: number): readonly number[] {
    return column < BEYOND_ASCII ? [this.#ascii[column] as number] : this.#beyond;
  }
}

function has(set: CharSet, code: number): boolean {
  return set.some(([from, to]) => from <= code && code <= to);
}

/** Code points beyond ASCII between two of which no set changes its mind. */
function boundsBeyond(sets: readonly CharSet[]): number[] {
  const bounds = new Set([BEYOND_ASCII]);
  for (const [from, to] of sets.flat()) {
    bounds.add(from);
    bounds.add(to + 1);
  }
  return [...bounds].filter((code) => code >= BEYOND_ASCII).sort((a, b) => a - b);
}

interface Built {
  /** By state and symbol, the next state; the state 0 is DEAD. */
  readonly next: number[];
  readonly accepts: number[];
  /** Where a match begins that follows a character of a word, or none. */
  readonly afterOther: number;
  readonly afterWord: number;
}

/** What a place of the pattern does: it reads a character of a class, asks for an edge, ends, or leads on. */
interface Place {
  readonly reads?: string;
  readonly edge?: { readonly inside: boolean };
  readonly next: readonly number[];
}

const ENDS = 0;

/** Finds the sets of places that a match may be in, each of them once: the states. */
class Builder {
  readonly #places: Place[] = [{ next: [] }];
  readonly #start: number;
  readonly #symbols: Symbols;
  readonly #hasEdges: boolean;
  readonly #states = new Map<string, number>();
  readonly #members: (readonly number[])[] = [];
  readonly #afterWord: boolean[] = [];
  #steps = 0;

  constructor(node: Syntax, symbols: Symbols) {
    this.#symbols = symbols;
    this.#start = this.#place(node, ENDS);
    this.#hasEdges = this.#places.some(({ edge }) => edge !== undefined);
  }

  build(): Built {
    this.#stateOf([], false);
    const next: number[] = new Array(this.#symbols.count).fill(DEAD);
    const accepts = [0];
    const afterOther = this.#stateOf([this.#start], false);
    const afterWord = this.#stateOf([this.#start], true);
    for (let state = 1; state < this.#members.length; state++) {
      const members = this.#members[state] as readonly number[];
      const after = this.#afterWord[state] as boolean;
      const beforeOther = this.#closure(members, after, false);
      const beforeWord = this.#hasEdges ? this.#closure(members, after, true) : beforeOther;
      accepts.push(
        (beforeOther.includes(ENDS) ? BEFORE_OTHER : 0) | (beforeWord.includes(ENDS) ? BEFORE_WORD : 0),
      );
      for (let symbol = 0; symbol < this.#symbols.count; symbol++) {
        const isWord = this.#symbols.isWord(symbol);
        next.push(this.#stateOf(this.#step(isWord ? beforeWord : beforeOther, symbol), isWord));
      }
    }
    return { next, accepts, afterOther, afterWord };
  }

  #step(from: readonly number[], symbol: number): number[] {
    const to = new Set<number>();
    this.#count(from.length);
    for (const at of from) {
      const { reads, next } = this.#places[at] as Place;
      if (reads !== undefined && this.#symbols.isIn(symbol, reads)) for (const each of next) to.add(each);
    }
    return [...to].sort((a, b) => a - b);
  }

  #stateOf(members: readonly number[], afterWord: boolean): number {
    if (members.length === 0 && this.#members.length > 0) return DEAD;
    const after = afterWord && this.#hasEdges;
    const key = `${after} ${members.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#members.length > MOST_STATES) throw tooLarge(`more than ${MOST_STATES} states`);
    this.#states.set(key, this.#members.length);
    this.#afterWord.push(after);
    return this.#members.push(members) - 1;
  }

  /** Where a match may be without having read on, given the kinds of the characters around. */
  #closure(members: readonly number[], afterWord: boolean, beforeWord: boolean): number[] {
    const seen = new Set<number>();
    const todo = [...members];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const { reads, edge, next } = this.#places[at] as Place;
      if (reads !== undefined) continue;
      if (edge === undefined || (afterWord === beforeWord) === edge.inside) todo.push(...next);
    }
    this.#count(seen.size);
    return [...seen];
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS) throw tooLarge(`more than ${MOST_STEPS} steps to build`);
  }

  #add(place: Place): number {
    if (this.#places.length >= MOST_PLACES)
      throw tooLarge(`more than ${MOST_PLACES} places with all repeats written out`);
    return this.#places.push(place) - 1;
  }

  /** Adds the places of a node that goes on at `then`; gives its first. */
  #place(node: Syntax, then: number): number {
    switch (node.kind) {
      case 'class':
        return this.#add({ reads: node.source, next: [then] });
      case 'edge':
        return this.#add({ edge: node, next: [then] });
      case 'sequence':
        return node.nodes.reduceRight((next, each) => this.#place(each, next), then);
      case 'choice':
        return this.#add({ next: node.nodes.map((each) => this.#place(each, then)) });
      case 'repeat': {
        let next = then;
        for (let time = node.max; time > 0; time--) {
          const first = this.#place(node.node, next);
          next = time > node.min ? this.#add({ next: [first, then] }) : first;
        }
        return next;
      }
    }
  }
}

function tooLarge(what: string): PatternError {
  return new PatternError(`is too complex (${what}); lower its repeats, or split it into several patterns`);
}
