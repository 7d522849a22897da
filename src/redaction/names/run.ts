import { CAPITALISED_WORDS, plain } from './words.ts';

export const CAPITAL = 'A-Z\\u00c0-\\u00de\\u0100-\\u024f';
export const LETTER = 'A-Za-z\\u00c0-\\u024f\\u1e00-\\u1eff';
export const SMALL = 'a-z\\u00df-\\u00ff\\u0100-\\u024f\\u1e00-\\u1eff';
/** `Smith`, `McDonald`, `O’Brien`, `Smith-Jones`, `SMITH`, `J.`: but no `camelCase` of many words. */
const TOKEN = `(?:(?:[${CAPITAL}][${SMALL}]?['\\u2019]?)?[${CAPITAL}][${SMALL}]{1,12}(?:['\\u2019-][${LETTER}]{1,9})?|[${CAPITAL}]{1,13}(?:['\\u2019-][${CAPITAL}]{1,9})?)\\.?`;
const PARTICLE =
  '(?:(?:de|da|do|di|du|del|dos|la|le|van|von|der|den|ten|ter|bin|ibn|al|el|y|of|and|&|the|to) )';

/** Words with capital letters, one after the other, up to four; names of persons, places and firms are looked for in them. */
export const CAPITAL_RUN = {
  anchor: { kind: 'word', first: `[${CAPITAL}]` },
  pattern: `(?<![\\w@#$/\\\\${LETTER}]|[\\w)\\]][.-])${TOKEN}(?: ${PARTICLE}?${TOKEN}){0,3}(?![\\w@(${LETTER}]|[._/:-]\\w)`,
} as const;

export interface Token {
  readonly text: string;
  /** As the lists have it. */
  readonly plain: string;
  readonly start: number;
  readonly end: number;
  /** A word that names of persons do not have. */
  readonly common: boolean;
  readonly capital: boolean;
}

let last = '';
let lastTokens: readonly Token[] = [];

/** The words of a run; the same run is asked for by several recognisers, one after the other. */
export function tokensOf(run: string): readonly Token[] {
  if (run === last) return lastTokens;
  const tokens: Token[] = [];
  let start = 0;
  for (const text of run.split(' ')) {
    const word = plain(text.endsWith('.') && text.length > 2 ? text.slice(0, -1) : text);
    const capital = !/^[a-z&]/.test(text);
    tokens.push({
      text,
      plain: word,
      start,
      end: start + text.length,
      common: CAPITALISED_WORDS.has(word),
      capital,
    });
    start += text.length + 1;
  }
  last = run;
  lastTokens = tokens;
  return tokens;
}

/** The end of a token without a full stop that ends the sentence. */
export function endOf({ text, end }: Token): number {
  const bare = text.endsWith('.') && text.length > 2 ? end - 1 : end;
  return /['’]s\.?$/.test(text) ? end - (/\.$/.test(text) ? 3 : 2) : bare;
}

/** Signs that running text does not have, code and markup do. */
const CODE = /[{}[\]<>=_/\\`|#*$@;+~^]|\(\)|--|::|\n\s|\w\.\w/;

/** A heading, a row of a table, a comment, or a line with signs of code. */
const TECHNICAL =
  /(?:^|\n)[ \t]*(?:#{1,6} |\||\/\/|\*|- \*\*|@|> \[)[^\n]*$|[`{}<>\\][^\n]*$|\w\([^\n]*$|(?:=>|::|->|\]\(| = ")[^\n]*$|\be\.g\.,? $/;

/** Whether the line so far is one of code or of its documentation, where names of places and firms are things. */
export function isTechnical(before: string): boolean {
  return TECHNICAL.test(before);
}

/** Whether a sentence ends with this word. */
export function endsSentence({ text, plain: word }: Token): boolean {
  return word.length > 3 && text.endsWith('.');
}

/** The words up to the end of a sentence. */
export function sentence(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.findIndex(endsSentence);
  return end < 0 || end === tokens.length - 1 ? tokens : tokens.slice(0, end + 1);
}

/** Whether the words around seem to be sentences: nothing of code, and words in small letters or none at all. */
export function isProse(before: string, tokens: readonly Token[]): boolean {
  if (CODE.test(before)) return false;
  const [first] = tokens;
  return (
    first !== undefined &&
    /^.[^A-Z]+$/.test(first.text) &&
    /(?:^|[.?!:"]\s|\n|(?:^|[\s"'(])[a-z’']+,? )$/.test(before)
  );
}
