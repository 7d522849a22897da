import { COMMON, LEXICON, ORDINARY } from './lexicon.ts';
import { plain } from './words.ts';

export const CAPITAL = 'A-Z\\u00c0-\\u00de\\u0100-\\u024f';
export const LETTER = 'A-Za-z\\u00c0-\\u024f\\u1e00-\\u1eff';
export const SMALL = 'a-z\\u00df-\\u00ff\\u0100-\\u024f\\u1e00-\\u1eff';
/** `Smith`, `McDonald`, `O’Brien`, `Smith-Jones`, `SMITH`, `J.`: but no `camelCase` of many words. */
const TOKEN = `(?:GmbH|plc|(?:[${CAPITAL}][${SMALL}]?['\\u2019]?)?[${CAPITAL}][${SMALL}]{1,12}(?:['\\u2019-][${LETTER}]{1,9})?|[${CAPITAL}]{1,13}(?:['\\u2019-][${CAPITAL}]{1,9})?)\\.?`;
const PARTICLE =
  '(?:(?:de|da|do|di|du|del|dos|la|le|van|von|der|den|ten|ter|bin|ibn|al|el|y|of|and|&|the|to) )';

/** Words with capital letters, one after the other, up to four; names of persons, places and firms are looked for in them. */
export const CAPITAL_RUN = {
  anchor: { kind: 'word', first: `[${CAPITAL}]` },
  pattern: `(?<![\\w@#$/\\\\${LETTER}]|[\\w)\\]][.-])${TOKEN}(?: ${PARTICLE}?${TOKEN}){0,3}(?![\\w@(${LETTER}]|[._/:-]\\w)`,
  dismiss: isOrdinary,
} as const;

const BLANK = 32;
const AMPERSAND = 38;
const DOT = 46;
const SMALL_S = 115;
const APOSTROPHE = 39;
const TYPOGRAPHIC_APOSTROPHE = 0x2019;

/** A word of a run: a name or a part of one, an initial, a particle. */
export class Token {
  readonly #run: string;
  readonly start: number;
  readonly end: number;
  /** What the lists say of it, as `lexicon.ts` has it. */
  readonly facts: number;
  /** Whether a full stop ends it: of a sentence, of an abbreviation. */
  readonly dotted: boolean;
  /** Where its genitive begins, or else the full stop that ends the sentence, or else where it ends. */
  readonly stem: number;
  #plain: string | undefined;

  constructor(run: string, start: number, end: number) {
    this.#run = run;
    this.start = start;
    this.end = end;
    this.dotted = run.charCodeAt(end - 1) === DOT;
    this.stem = stemOf(run, start, end);
    this.facts = factsOf(run, start, this.stem);
  }

  get text(): string {
    return this.#run.slice(this.start, this.end);
  }

  /** As the lists have it. */
  get plain(): string {
    this.#plain ??= plain(this.#run.slice(this.start, this.stem));
    return this.#plain;
  }

  is(facts: number): boolean {
    return (this.facts & facts) !== 0;
  }

  /** A word that names of persons do not have. */
  get common(): boolean {
    return this.is(COMMON);
  }

  /** No particle. */
  get capital(): boolean {
    const initial = this.#run.charCodeAt(this.start);
    return (initial < 97 || initial > 122) && initial !== AMPERSAND;
  }

  /** Nothing but capital letters, two or more. */
  get acronym(): boolean {
    return this.end - this.start > 1 && this.#capitalsTo() === this.end;
  }

  /** `J`, `J.` */
  get initial(): boolean {
    return this.#capitalsTo() === this.start + 1 && this.end - this.start === (this.dotted ? 2 : 1);
  }

  /** Where its first letter is behind which no capital letter stands. */
  #capitalsTo(): number {
    let at = this.start;
    while (at < this.end && isCapital(this.#run.charCodeAt(at))) at++;
    return at;
  }

  /** `Anna’s`; not `ANNA’S`, in which it may be a letter of another word. */
  get genitive(): boolean {
    return this.stem < this.end - 1 && this.#run.charCodeAt(this.stem + 1) === SMALL_S;
  }
}

/** Words with capital letters, one after the other. */
export interface Run {
  readonly tokens: readonly Token[];
  /** What the lists say of any of them. */
  readonly some: number;
}

let last = '';
let lastRun: Run = { tokens: [], some: 0 };

/** The words of a run; the same run is asked for by several recognisers, one after the other. */
export function runOf(text: string): Run {
  if (text === last) return lastRun;
  const tokens: Token[] = [];
  let some = 0;
  for (let start = 0, end = 0; end < text.length; start = end + 1) {
    end = endOfWord(text, start);
    const token = new Token(text, start, end);
    tokens.push(token);
    some |= token.facts;
  }
  last = text;
  lastRun = { tokens, some };
  return lastRun;
}

/** Whether a run is one that no kind of name is looked for in: most of them are. */
export function isOrdinary(run: string): boolean {
  for (let start = 0, end = 0; end < run.length; start = end + 1) {
    end = endOfWord(run, start);
    if ((factsOf(run, start, stemOf(run, start, end)) & ORDINARY) === 0) return false;
  }
  return true;
}

function endOfWord(run: string, start: number): number {
  let end = start;
  while (end < run.length && run.charCodeAt(end) !== BLANK) end++;
  return end;
}

function factsOf(run: string, start: number, stem: number): number {
  const facts = LEXICON.factsAt(run, start, stem);
  if (facts !== 0 || isAscii(run, start, stem)) return facts;
  const bare = plain(run.slice(start, stem));
  return LEXICON.factsAt(bare, 0, bare.length);
}

/** The end of a token without a genitive and without a full stop that ends the sentence. */
export function endOf({ genitive, stem, dotted, start, end }: Token): number {
  if (genitive) return stem;
  return dotted && end - start > 2 ? end - 1 : end;
}

/** Whether a sentence ends with this word. */
export function endsSentence(token: Token): boolean {
  return token.dotted && token.plain.length > 3;
}

/** The words up to the end of a sentence. */
export function sentence(tokens: readonly Token[]): readonly Token[] {
  for (let at = 0; at < tokens.length - 1; at++)
    if (endsSentence(tokens[at] as Token)) return tokens.slice(0, at + 1);
  return tokens;
}

/** The words from one up to another, as the lists have them. */
export function joined(tokens: readonly Token[], from: number, to: number): string {
  let name = (tokens[from] as Token).plain;
  for (let at = from + 1; at < to; at++) name += ` ${(tokens[at] as Token).plain}`;
  return name;
}

/** Where a word ends without a full stop, but for that of an initial, and without a genitive. */
function stemOf(run: string, start: number, end: number): number {
  const bare = run.charCodeAt(end - 1) === DOT && end - start > 2 ? end - 1 : end;
  const mark = bare - 2;
  if (mark < start || (run.charCodeAt(bare - 1) | 32) !== SMALL_S) return bare;
  const code = run.charCodeAt(mark);
  return code === APOSTROPHE || code === TYPOGRAPHIC_APOSTROPHE ? mark : bare;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isAscii(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}
