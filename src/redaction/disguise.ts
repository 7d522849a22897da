/**
 * Text that is written so that a person or a program reads one thing and a pattern another: full-width and
 * mathematical letters, digits of other scripts, letters of other alphabets that look the same, characters that
 * nobody sees, percent-encoding, HTML entities, a blank between all digits.
 *
 * What becomes of a character depends on no more than 12 others around it, so that it is the same wherever the text
 * was cut beyond those.
 */

/** So many characters in a row that nobody sees are passed over; more of them end a word. */
const UNSEEN_RUN = 8;
const TOO_MANY_UNSEEN = '\0';

/** Format characters, combining marks, fillers, variation selectors. */
const UNSEEN: readonly (readonly [from: number, to: number])[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
];

/** Letters that look like those of ASCII: Cyrillic, Greek, Armenian, Latin by other names; dashes, dots, signs. */
const LOOKALIKES =
  'аa еe оo рp сc уy хx ѕs іi јj һh ԁd ԛq ԝw ьb вb нh кk мm тt пn ӏl ѵv ѡw гr ' +
  'АA ВB ЕE ЗZ ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ЅS ԌG ԚQ ԜW ҺH ҮY ГF ' +
  'αa βb εe ηn ιi κk νv οo ρp σo τt υu χx γy ωw ϲc ϳj ' +
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ϹC ' +
  'օo սu հh ցg ոn զq ɑa ɡg ıi ɩi ʟl ɴn ʀr ɪI ʏY ʙB ɢG ʜH ᴀA ᴄc ᴅD ᴇE ᴊJ ᴋK ᴍM ᴏo ᴘP ᴛT ᴜu ᴠv ᴡw ᴢz ' +
  '‐- ‑- ‒- –- −- ⁃- ․. 。. ∶: ꞉: ׃: ⁄/ ∕/ ٫. ‚,';

/** What `UNITS` says of units that are not replaced by one other. */
const SAME = 0;
const UNSEEN_UNIT = 1;
/** `LONGER` has what it reads as, or it may be the first half of a letter, digit or tag beyond the basic plane. */
const ELSEWHERE = 2;

/** The characters of ASCII at which something may begin that reads as something else. */
export const TOKEN_OPENERS: readonly number[] = [' ', '%', '&'].map((char) => char.charCodeAt(0));

const UNITS = new Uint16Array(0x10000);
const LONGER = new Map<number, string>();
/** By unit, whether it may be of a disguise. */
const SUSPECTS = new Uint8Array(0x10000);
const HIGH_SURROGATES = [0xd835, 0xd83c, 0xd83e, 0xdb40];

/** Ideographs, Hangul, surrogates and private use read as what they are. */
const UNCHANGED: readonly (readonly [number, number])[] = [
  [0x3400, 0x9fff],
  [0xac00, 0xf8ff],
];

fillUnits();

function fillUnits(): void {
  let digit = 0;
  for (let code = 0x80; code < 0x10000; code++) {
    const skip = UNCHANGED.find(([first]) => first === code);
    if (skip !== undefined) code = skip[1] + 1;
    const char = String.fromCharCode(code);
    const isDigit = /\p{Nd}/u.test(char);
    digit = isDigit ? (digit + 1) % 10 : 9;
    const read = isDigit ? String(digit) : char.normalize('NFKC');
    if (read.length === 1) UNITS[code] = read === char ? SAME : read.charCodeAt(0);
    else if (/^[A-Za-z0-9]{2,4}$/.test(read)) {
      UNITS[code] = ELSEWHERE;
      LONGER.set(code, read);
    }
  }
  for (const [from = '', to = ''] of LOOKALIKES.split(' ')) UNITS[from.charCodeAt(0)] = to.charCodeAt(0);
  for (const [from, to] of UNSEEN) UNITS.fill(UNSEEN_UNIT, from, to + 1);
  for (const high of HIGH_SURROGATES) UNITS[high] = ELSEWHERE;
  for (const [code, unit] of UNITS.entries())
    SUSPECTS[code] = Number(unit !== SAME || TOKEN_OPENERS.includes(code));
}

/** The longest that stands for one character: four bytes of UTF-8 in percent-encoding. */
export const TOKEN_CHARS = 12;

/** Whether the character here may read as something else. */
export function disguisedAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (SUSPECTS[code] === 0) return false;
  return code > 127 || tokenAt(text, at, text.length) !== undefined;
}

/** The first place from `from` on that may read as something else; the text's length if there is none. */
export function firstDisguise(text: string, from: number): number {
  let at = from;
  while (at < text.length && !disguisedAt(text, at)) at++;
  return at;
}

/** What stands here, how long it is, and what it reads as; undefined length: not to be told before there is more. */
interface Token {
  readonly length: number;
  readonly reads: string;
}

const UNFINISHED = 'unfinished';

const PERCENT = /%[0-9A-Fa-f]{2}/y;
const ENTITY = /&(?:#\d{2,6}|#[xX][0-9A-Fa-f]{2,5}|[a-z]{2,6});/y;
const ENTITY_BEGUN = /^&(?:#(?:\d{0,6}|[xX][0-9A-Fa-f]{0,5})|[a-z]{0,6})$/;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  commat: '@',
  period: '.',
  colon: ':',
  sol: '/',
  plus: '+',
  lpar: '(',
  rpar: ')',
  lowbar: '_',
  hyphen: '-',
  dash: '-',
};

function tokenAt(text: string, at: number, to: number): Token | typeof UNFINISHED | undefined {
  switch (text.charCodeAt(at)) {
    case 32:
      return spaceAt(text, at, to);
    case 37:
      return percentAt(text, at, to);
    case 38:
      return entityAt(text, at, to);
    default:
      return undefined;
  }
}

/** A blank between two single digits is none; two or three of them are one. */
function spaceAt(text: string, at: number, to: number): Token | typeof UNFINISHED | undefined {
  if (!isDigit(text, at - 1) || isDigit(text, at - 2)) return undefined;
  let next = at + 1;
  while (next < at + 3 && next < to && text.charCodeAt(next) === 32) next++;
  if (next >= to || (isDigit(text, next) && next + 1 >= to)) return UNFINISHED;
  if (!isDigit(text, next) || isDigit(text, next + 1)) return undefined;
  return { length: next - at, reads: next === at + 1 ? '' : ' ' };
}

/** One character in percent-encoding: one byte of ASCII, or as many bytes of UTF-8 as its first one says. */
function percentAt(text: string, at: number, to: number): Token | typeof UNFINISHED | undefined {
  const first = byteAt(text, at);
  if (first === undefined)
    return to - at < 3 && /^%[0-9A-Fa-f]?$/.test(text.slice(at, to)) ? UNFINISHED : undefined;
  if (first < 0x20 || (first > 0x7e && first < 0xc2) || first > 0xf4) return undefined;
  const bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const written = text.slice(at, Math.min(to, at + bytes * 3));
  if (written.length < bytes * 3)
    return /^(?:%[0-9A-Fa-f]{2})+(?:%[0-9A-Fa-f]?)?$/.test(written) ? UNFINISHED : undefined;
  try {
    return { length: bytes * 3, reads: readAs(decodeURIComponent(written)) };
  } catch {
    return undefined;
  }
}

function byteAt(text: string, at: number): number | undefined {
  PERCENT.lastIndex = at;
  return PERCENT.test(text) ? Number.parseInt(text.slice(at + 1, at + 3), 16) : undefined;
}

function entityAt(text: string, at: number, to: number): Token | typeof UNFINISHED | undefined {
  ENTITY.lastIndex = at;
  const written = ENTITY.exec(text)?.[0];
  if (written === undefined || at + written.length > to)
    return to - at < 10 && ENTITY_BEGUN.test(text.slice(at, to)) ? UNFINISHED : undefined;
  const name = written.slice(1, -1);
  const code = /^#[xX]/.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  const reads = name.startsWith('#')
    ? code > 31 && code < 0x110000
      ? String.fromCodePoint(code)
      : undefined
    : NAMED[name];
  return reads === undefined ? undefined : { length: written.length, reads: readAs(reads) };
}

/** What a character reads as that was encoded: it may be in disguise once more. */
function readAs(char: string): string {
  const unit = char.length === 1 ? UNITS[char.charCodeAt(0)] : ELSEWHERE;
  if (unit === SAME || unit === undefined) return char;
  if (unit === UNSEEN_UNIT) return '';
  return unit === ELSEWHERE ? char.normalize('NFKC') : String.fromCharCode(unit);
}

/** What a part of a text reads as, and where each of its characters stands in the text. */
export class Shadow {
  text = '';
  /** Where something begins of which it cannot be told yet what it reads as; the end of the part if nothing does. */
  unfinishedFrom: number;
  readonly #from: number;
  /** Of what reads as something else, one after the other: where it begins and ends in the text, and in the shadow. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #firsts: number[] = [];
  readonly #lasts: number[] = [];

  /** @param more whether more text may follow after `to`; else what is unfinished there stands for itself */
  constructor(text: string, from: number, to: number, more = false) {
    this.#from = from;
    this.unfinishedFrom = from;
    this.#read(text.slice(from, to), more);
  }

  /** Reads on in the same text, to which more was added; more may follow. */
  grow(text: string): void {
    this.#read(text.slice(this.#from), true);
  }

  #read(part: string, more: boolean): void {
    const from = this.#from;
    let out = this.text;
    let at = this.unfinishedFrom - from;
    let plain = at;
    while (at < part.length) {
      const token = SUSPECTS[part.charCodeAt(at)] === 0 ? undefined : readAt(part, at, part.length);
      if (token === undefined) {
        at++;
        continue;
      }
      if (token === UNFINISHED && more) break;
      const { length, reads } = token === UNFINISHED ? lastToken(part, at) : token;
      out += part.slice(plain, at);
      this.#starts.push(from + at);
      this.#firsts.push(out.length);
      out += reads;
      at += length;
      plain = at;
      this.#ends.push(from + at);
      this.#lasts.push(out.length);
    }
    this.text = out + part.slice(plain, at);
    this.unfinishedFrom = from + at;
  }

  /** Where the character at this index of the shadow begins in the text. */
  origin(index: number): number {
    const token = lastUpTo(this.#firsts, index);
    if (token < 0) return this.#from + index;
    const behind = index - (this.#lasts[token] as number);
    return behind < 0 ? (this.#starts[token] as number) : (this.#ends[token] as number) + behind;
  }

  /** Where the characters before this index of the shadow end in the text. */
  end(index: number): number {
    if (index === 0) return this.origin(0);
    const token = lastUpTo(this.#firsts, index - 1);
    if (token < 0) return this.#from + index;
    return (this.#ends[token] as number) + Math.max(0, index - (this.#lasts[token] as number));
  }

  /** The first index of the shadow whose character begins at this place of the text or after it. */
  indexOf(origin: number): number {
    const token = lastUpTo(this.#starts, origin - 1);
    const index =
      token < 0
        ? origin - this.#from
        : (this.#lasts[token] as number) + Math.max(0, origin - (this.#ends[token] as number));
    return Math.min(Math.max(0, index), this.text.length);
  }
}

/** The index of the last of these that is no greater; less than 0 where all are. They are in order. */
function lastUpTo(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What is unfinished at the end of all text stands for itself; but a blank before the last digit is one between digits. */
function lastToken(text: string, at: number): Token {
  if (text.charCodeAt(at) !== 32 || !isDigit(text, text.length - 1))
    return { length: 1, reads: text.charAt(at) };
  const length = text.length - 1 - at;
  return { length, reads: length === 1 ? '' : ' ' };
}

/** What stands here if it may read as something else. */
function readAt(text: string, at: number, to: number): Token | typeof UNFINISHED | undefined {
  const code = text.charCodeAt(at);
  if (code < 128) return tokenAt(text, at, to);
  const unit = UNITS[code] as number;
  if (unit === SAME) return undefined;
  if (unit === UNSEEN_UNIT) return unseenAt(text, at, to);
  if (unit !== ELSEWHERE) return { length: 1, reads: String.fromCharCode(unit) };
  const longer = LONGER.get(code);
  if (longer !== undefined) return { length: 1, reads: longer };
  if (at + 1 >= to) return UNFINISHED;
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (code === 0xdb40) return { length: char.length, reads: '' };
  const reads = char.normalize('NFKC');
  return { length: char.length, reads: /^[A-Za-z0-9]{1,4}$/.test(reads) ? reads : char };
}

/** A run of characters that nobody sees. */
function unseenAt(text: string, at: number, to: number): Token | typeof UNFINISHED {
  let first = at;
  while (first > 0 && at - first <= UNSEEN_RUN && UNITS[text.charCodeAt(first - 1)] === UNSEEN_UNIT) first--;
  let end = at + 1;
  while (end < to && end - first <= UNSEEN_RUN && UNITS[text.charCodeAt(end)] === UNSEEN_UNIT) end++;
  if (end - first > UNSEEN_RUN) return { length: 1, reads: TOO_MANY_UNSEEN };
  return end === to ? UNFINISHED : { length: end - at, reads: '' };
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
