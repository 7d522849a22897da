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
  /** A word that names of persons do not have. */
  readonly common: boolean;
  readonly capital: boolean;
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
    this.stem = genitiveOf(run, start, bareEnd(this.dotted, start, end));
    const initial = run.charCodeAt(start);
    this.capital = (initial < 97 || initial > 122) && initial !== 38;
    if (isAscii(run, start, this.stem)) this.facts = LEXICON.factsAt(run, start, this.stem);
    else {
      this.#plain = plain(run.slice(start, this.stem));
      this.facts = LEXICON.factsAt(this.#plain, 0, this.#plain.length);
    }
    this.common = (this.facts & COMMON) !== 0;
  }

  get text(): string {
    return this.#run.slice(this.start, this.end);
  }

  /** As the lists have it. */
  get plain(): string {
    this.#plain ??= this.#run.slice(this.start, this.stem).toLowerCase();
    return this.#plain;
  }

  is(facts: number): boolean {
    return (this.facts & facts) !== 0;
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
  /** What they say of each of them. */
  readonly every: number;
}

let last = '';
let lastRun: Run = { tokens: [], some: 0, every: 0 };

/** The words of a run; the same run is asked for by several recognisers, one after the other. */
export function runOf(text: string): Run {
  if (text === last) return lastRun;
  const tokens: Token[] = [];
  let some = 0;
  let every = -1;
  for (let start = 0, end = 0; end < text.length; start = end + 1) {
    end = start;
    while (end < text.length && text.charCodeAt(end) !== BLANK) end++;
    const token = new Token(text, start, end);
    tokens.push(token);
    some |= token.facts;
    every &= token.facts;
  }
  last = text;
  lastRun = { tokens, some, every };
  return lastRun;
}

/** Whether a run is one that no kind of name is looked for in: most of them are. */
export function isOrdinary(run: string): boolean {
  return (runOf(run).every & ORDINARY) !== 0;
}

/** The end of a token without a full stop that ends the sentence. */
export function endOf(token: Token): number {
  return token.genitive ? token.stem : bareEnd(token.dotted, token.start, token.end);
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

/** Without a full stop, but for that of an initial. */
function bareEnd(dotted: boolean, start: number, end: number): number {
  return dotted && end - start > 2 ? end - 1 : end;
}

/** Where the genitive of a word begins, which ends there, or else where it ends. */
function genitiveOf(run: string, start: number, end: number): number {
  const mark = end - 2;
  if (mark < start || (run.charCodeAt(end - 1) | 32) !== SMALL_S) return end;
  const code = run.charCodeAt(mark);
  return code === APOSTROPHE || code === TYPOGRAPHIC_APOSTROPHE ? mark : end;
}

function isAscii(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}
