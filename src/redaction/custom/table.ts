import type { Symbols } from './symbols.ts';
import { PatternError, type Syntax } from './syntax.ts';

/** A pattern's places, with all its repeats written out. */
const MOST_PLACES = 4000;
const MOST_STATES = 2000;
/** Of all states together; it bounds the time that a pattern takes to compile: some 50 ms. */
const MOST_STEPS = 2_000_000;

/** The state from which nothing matches. */
export const DEAD = 0;

/**
 * By state, a row: for each symbol, and then for the end of the text, ENDS_HERE where a match ends before it, plus twice
 * the place of the next state's row.
 */
export interface Table {
  readonly rows: Uint32Array;
  /** Where the rows are of matches that begin after a character of a word, or after none. */
  readonly afterOther: number;
  readonly afterWord: number;
}
export const ENDS_HERE = 1;

/** What a place of the pattern does: it reads a character of a class, asks for an edge, ends, or leads on. */
interface Place {
  readonly reads?: string;
  readonly edge?: { readonly inside: boolean };
  readonly next: readonly number[];
}

const ENDS = 0;

/** Finds the sets of places that a match may be in, each of them once: the states. */
export class TableBuilder {
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

  build(): Table {
    const { count } = this.#symbols;
    const rows: number[] = [];
    this.#stateOf([], false);
    const afterOther = this.#stateOf([this.#start], false);
    const afterWord = this.#stateOf([this.#start], true);
    for (let state = DEAD; state < this.#members.length; state++) {
      const members = this.#members[state] as readonly number[];
      const after = this.#afterWord[state] as boolean;
      const beforeOther = this.#closure(members, after, false);
      const beforeWord = this.#hasEdges ? this.#closure(members, after, true) : beforeOther;
      for (let symbol = 0; symbol < count; symbol++) {
        const isWord = this.#symbols.isWord(symbol);
        const from = isWord ? beforeWord : beforeOther;
        rows.push(endsIn(from) + 2 * this.#stateOf(this.#step(from, symbol), isWord));
      }
      rows.push(endsIn(beforeOther));
    }
    return { rows: Uint32Array.from(rows), afterOther, afterWord };
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

  /** Where the row is of the state that has these members. */
  #stateOf(members: readonly number[], afterWord: boolean): number {
    if (members.length === 0 && this.#members.length > 0) return DEAD;
    const width = this.#symbols.count + 1;
    const after = afterWord && this.#hasEdges;
    const key = `${after} ${members.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known * width;
    if (this.#members.length > MOST_STATES) throw tooLarge(`more than ${MOST_STATES} states`);
    this.#states.set(key, this.#members.length);
    this.#afterWord.push(after);
    return (this.#members.push(members) - 1) * width;
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

function endsIn(members: readonly number[]): number {
  return members.includes(ENDS) ? ENDS_HERE : 0;
}

function tooLarge(what: string): PatternError {
  return new PatternError(`is too complex (${what}); lower its repeats, or split it into several patterns`);
}
