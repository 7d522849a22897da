import type { Token } from './run.ts';

/** Signs that running text does not have, code and markup do: by themselves, and with what stands beside them. */
const CODE_SIGN = 1;
const BESIDE = 2;
/** Signs that a line of code has, and of documentation. */
const TECHNICAL_SIGN = 4;

const SIGNS = new Uint8Array(128);
const mark = (signs: string, kind: number): void => {
  for (const sign of signs) SIGNS[sign.charCodeAt(0)] = (SIGNS[sign.charCodeAt(0)] ?? 0) | kind;
};
mark('{}[]<>=_/\\`|#*$@;+~^', CODE_SIGN);
mark('()-:.\n"', BESIDE);
mark('`{}<>\\', TECHNICAL_SIGN);

const NEWLINE = 10;
const BLANK = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const TYPOGRAPHIC_APOSTROPHE = 0x2019;
const OPENING = 40;
const CLOSING = 41;
const COMMA = 44;
const HYPHEN = 45;
const DOT = 46;
const COLON = 58;
const CLOSING_SQUARE = 93;

/** How a line begins that is a heading, a row of a table, a comment. */
const TECHNICAL_LINE = /[ \t]*(?:#{1,6} |\||\/\/|\*|- \*\*|@|> \[)/y;
const FOR_EXAMPLE = /\be\.g\.,? $/;

let technicalBefore = '';
let wasTechnical = false;

/** Whether the line so far is one of code or of its documentation, where names of places and firms are things. */
export function isTechnical(before: string): boolean {
  if (before === technicalBefore) return wasTechnical;
  technicalBefore = before;
  wasTechnical = readTechnical(before);
  return wasTechnical;
}

function readTechnical(before: string): boolean {
  const start = before.lastIndexOf('\n') + 1;
  for (let at = before.length - 1; at >= start; at--) {
    const code = before.charCodeAt(at);
    const sign = code < 128 ? (SIGNS[code] as number) : 0;
    if (sign === 0) continue;
    if ((sign & TECHNICAL_SIGN) !== 0 || ((sign & BESIDE) !== 0 && isTechnicalWith(before, start, at)))
      return true;
  }
  TECHNICAL_LINE.lastIndex = start;
  if (TECHNICAL_LINE.test(before)) return true;
  return before.endsWith('. ') || before.endsWith('., ') ? FOR_EXAMPLE.test(before.slice(start)) : false;
}

/** A call, a link, a member of a namespace, a literal: `f(`, `](`, `::`, ` = "`. */
function isTechnicalWith(line: string, start: number, at: number): boolean {
  if (at === start) return false;
  const previous = line.charCodeAt(at - 1);
  switch (line.charCodeAt(at)) {
    case OPENING:
      return previous === CLOSING_SQUARE || isWord(previous);
    case COLON:
      return previous === COLON;
    case QUOTE:
      return at - start >= 3 && line.startsWith(' = ', at - 3);
    default:
      return false;
  }
}

/** The last answer: several kinds of names ask of the same run. */
let proseBefore = '';
let proseFirst: Token | undefined;
let wasProse = false;

/** Whether the words around seem to be sentences: nothing of code, and words in small letters or none at all. */
export function isProse(before: string, first: Token): boolean {
  if (before === proseBefore && first === proseFirst) return wasProse;
  wasProse = isWritten(first) && isLedUpTo(before) && !hasCode(before);
  proseBefore = before;
  proseFirst = first;
  return wasProse;
}

/** More than a letter, and no capital letter inside. */
function isWritten({ text }: Token): boolean {
  for (let at = 1; at < text.length; at++) if (isCapital(text.charCodeAt(at))) return false;
  return text.length > 1;
}

/** Whether these are the words before a run in running text: a sentence ends, a line, or a word in small letters. */
function isLedUpTo(before: string): boolean {
  const last = before.length - 1;
  const code = before.charCodeAt(last);
  if (last < 0 || code === NEWLINE) return true;
  if (!isBlank(code)) return false;
  if ('.?!:"'.includes(before.charAt(last - 1)) && last > 0) return true;
  if (code !== BLANK) return false;
  const end = before.charCodeAt(last - 1) === COMMA ? last - 1 : last;
  let at = end;
  while (at > 0 && isWordInSmall(before.charCodeAt(at - 1))) {
    at--;
    // an apostrophe may open the word
    if (before.charCodeAt(at) === APOSTROPHE && at + 1 < end) return true;
  }
  return at < end && (at === 0 || opensWord(before.charCodeAt(at - 1)));
}

function hasCode(before: string): boolean {
  for (let at = 0; at < before.length; at++) {
    const code = before.charCodeAt(at);
    const sign = code < 128 ? (SIGNS[code] as number) : 0;
    if (sign === 0) continue;
    if ((sign & CODE_SIGN) !== 0 || ((sign & BESIDE) !== 0 && isCodeWith(before, at))) return true;
  }
  return false;
}

/** `()`, `--`, `::`, an indented line, `a.b`. */
function isCodeWith(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  switch (text.charCodeAt(at)) {
    case OPENING:
      return next === CLOSING;
    case HYPHEN:
      return next === HYPHEN;
    case COLON:
      return next === COLON;
    case NEWLINE:
      return isBlank(next);
    case DOT:
      return isWord(next) && at > 0 && isWord(text.charCodeAt(at - 1));
    default:
      return false;
  }
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || isCapital(code) || (code >= 48 && code <= 57) || code === 95;
}

function isWordInSmall(code: number): boolean {
  return (code >= 97 && code <= 122) || code === APOSTROPHE || code === TYPOGRAPHIC_APOSTROPHE;
}

function opensWord(code: number): boolean {
  return isBlank(code) || code === QUOTE || code === OPENING;
}

/** As `\s`. */
function isBlank(code: number): boolean {
  return (
    code === BLANK || (code >= 9 && code <= 13) || (code >= 0xa0 && /\s/.test(String.fromCharCode(code)))
  );
}
