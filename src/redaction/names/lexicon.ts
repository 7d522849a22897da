import { KINDS, KINDS_FIRST, LEGAL } from './firms.ts';
import { GIVEN_NAMES, NAMES_AND_WORDS } from './given-names.ts';
import { NATIONALITIES } from './nationalities.ts';
import { PLACES } from './places.ts';
import { SURNAME_ENDINGS, SURNAMES } from './surnames.ts';
import { ROLES, TITLES } from './titles.ts';
import { CAPITALISED_WORDS } from './words.ts';

/** What the lists say of a word, a bit each. A word that names of persons do not have: */
export const COMMON = 1 << 0;
/** In no name at all, and says nothing about the words beside it: */
export const ORDINARY = 1 << 1;
export const GIVEN = 1 << 2;
/** A given name that begins sentences as a word, too. */
export const GIVEN_OR_WORD = 1 << 3;
export const SURNAME = 1 << 4;
export const TITLE = 1 << 5;
export const ROLE = 1 << 6;
/** The whole name of a place. */
export const PLACE = 1 << 7;
/** The first word of a name of a place that has more. */
export const PLACE_OPENING = 1 << 8;
const PLACE_WORD = 1 << 9;
/** In the singular or the plural. */
export const NATIONALITY = 1 << 10;
export const LEGAL_FORM = 1 << 11;
export const FIRM_KIND = 1 << 12;
export const FIRM_KIND_FIRST = 1 << 13;

const NO_ORDINARY = GIVEN | SURNAME | PLACE_WORD | NATIONALITY | FIRM_KIND;

/** Of the hash FNV-1a. */
const HASH_FACTOR = 0x01000193;

/**
 * What all lists say of a word, by one look-up that reads the word where it stands: no copy of it is made, and none of
 * a word that is not listed is kept.
 */
export class Lexicon {
  readonly #mask: number;
  /** By hash, and onwards from there, one more than the place of a word; 0: there is none. */
  readonly #slots: Uint16Array;
  readonly #words: readonly string[];
  readonly #facts: Int32Array;

  /** @param facts by word, in small letters and without accents */
  constructor(facts: ReadonlyMap<string, number>) {
    this.#words = [...facts.keys()];
    this.#facts = Int32Array.from(facts.values());
    this.#mask = 2 ** Math.ceil(Math.log2(this.#words.length * 4)) - 1;
    this.#slots = new Uint16Array(this.#mask + 1);
    if (this.#words.length >= 2 ** 16) throw new RangeError('too many words');
    for (const [index, word] of this.#words.entries()) {
      let slot = this.#hash(word, 0, word.length) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    }
  }

  /** What is said of the word that stands there, whatever the case of its letters (of ASCII); 0 of one that is unknown. */
  factsAt(text: string, from: number, to: number): number {
    let slot = this.#hash(text, from, to) & this.#mask;
    for (;;) {
      const index = (this.#slots[slot] as number) - 1;
      if (index < 0) return 0;
      if (isAt(this.#words[index] as string, text, from, to)) return this.#facts[index] as number;
      slot = (slot + 1) & this.#mask;
    }
  }

  #hash(text: string, from: number, to: number): number {
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ small(text.charCodeAt(at)), HASH_FACTOR);
    return hash ^ (hash >>> 15);
  }
}

function isAt(word: string, text: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let at = from; at < to; at++)
    if (word.charCodeAt(at - from) !== small(text.charCodeAt(at))) return false;
  return true;
}

function small(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** The words of all lists. */
export const LEXICON = new Lexicon(factsOfLists());

/** Whether one of these things is said of a word, given as the lists have it. */
export function says(word: string, facts: number): boolean {
  return (LEXICON.factsAt(word, 0, word.length) & facts) !== 0;
}

/** So many letters stand before the ending of a family name. */
const STEM_CHARS = 2;
const ENDINGS = new Lexicon(new Map(SURNAME_ENDINGS.map((ending) => [ending, SURNAME])));
const LENGTHS: readonly number[] = [...new Set(SURNAME_ENDINGS.map(({ length }) => length))];

/** Whether a word ends as family names do. */
export function endsAsSurname(word: string): boolean {
  const { length } = word;
  return LENGTHS.some(
    (chars) => length >= STEM_CHARS + chars && ENDINGS.factsAt(word, length - chars, length) !== 0,
  );
}

function factsOfLists(): Map<string, number> {
  const facts = new Map<string, number>();
  const add = (words: Iterable<string>, bits: number): void => {
    for (const word of words) facts.set(word, (facts.get(word) ?? 0) | bits);
  };
  add(CAPITALISED_WORDS, COMMON);
  add(GIVEN_NAMES, GIVEN);
  add(NAMES_AND_WORDS, GIVEN_OR_WORD);
  add(SURNAMES, SURNAME);
  add(TITLES, TITLE);
  add(ROLES, ROLE);
  for (const name of PLACES) {
    const [opening = '', ...others] = name.split(' ');
    add([opening], others.length === 0 ? PLACE | PLACE_WORD : PLACE_OPENING | PLACE_WORD);
    add(others, PLACE_WORD);
  }
  for (const one of NATIONALITIES) add([one, `${one}s`], NATIONALITY);
  add(LEGAL, LEGAL_FORM);
  add(KINDS, FIRM_KIND);
  add(KINDS_FIRST, FIRM_KIND_FIRST);
  for (const [word, bits] of facts)
    if ((bits & COMMON) !== 0 && (bits & NO_ORDINARY) === 0) facts.set(word, bits | ORDINARY);
  return facts;
}
