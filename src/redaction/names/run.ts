import { isOrdinary } from './ordinary.ts';
import { CAPITALISED_WORDS, plain } from './words.ts';

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
    const initial = text.charCodeAt(0);
    const capital = (initial < 97 || initial > 122) && initial !== 38;
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

/** The end of the words before a run in running text: a sentence ends, a line, or a word in small letters. */
const LED_UP_TO = /(?<=^|[.?!:"]\s|\n|(?:^|[\s"'(])[a-z’']+,? )$/y;

/** Signs that running text does not have, code and markup do. */
const CODE = /[{}[\]<>=_/\\`|#*$@;+~^]|\(\)|--|::|\n\s|\w\.\w/;

/** Of a line: a heading, a row of a table, a comment, or signs of code. */
const TECHNICAL =
  /^[ \t]*(?:#{1,6} |\||\/\/|\*|- \*\*|@|> \[)|[`{}<>\\]|\w\(|=>|::|->|\]\(| = "|\be\.g\.,? $/;

/** Whether the line so far is one of code or of its documentation, where names of places and firms are things. */
export function isTechnical(before: string): boolean {
  return TECHNICAL.test(before.slice(before.lastIndexOf('\n') + 1));
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

/** The last answer: several kinds of names ask of the same run. */
let proseBefore = '';
let proseTokens: readonly Token[] = [];
let wasProse = false;

/** Whether the words around seem to be sentences: nothing of code, and words in small letters or none at all. */
export function isProse(before: string, tokens: readonly Token[]): boolean {
  if (before === proseBefore && tokens === proseTokens) return wasProse;
  const [first] = tokens;
  // backwards from the end, not forwards from each of the characters before
  LED_UP_TO.lastIndex = before.length;
  wasProse =
    first !== undefined && /^.[^A-Z]+$/.test(first.text) && LED_UP_TO.test(before) && !CODE.test(before);
  proseBefore = before;
  proseTokens = tokens;
  return wasProse;
}
