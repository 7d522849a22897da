/** The last two words before a place, and the sign between them and it: what introduces a name. */
export interface Cue {
  /** In small letters; '' where a sentence or the text begins. */
  readonly word: string;
  readonly previous: string;
  /** A colon, an equals sign, the end of a tag or a cell: what stands before is a label. */
  readonly label: boolean;
}

let last = '';
let lastCue: Cue = { word: '', previous: '', label: false };

/** Reads backwards, by hand: an expression that ends in `$` would be tried at each of the characters before. */
export function cueBefore(before: string): Cue {
  if (before === last) return lastCue;
  let at = before.length;
  let label = false;
  while (at > 0 && isFiller(before.charCodeAt(at - 1))) {
    at--;
    label ||= isMark(before.charCodeAt(at));
  }
  const end = at;
  const start = wordStart(before, end);
  const word = before.slice(start, end).toLowerCase();
  const blank = start > 0 && isJoint(before.charCodeAt(start - 1));
  const previous = blank ? before.slice(wordStart(before, start - 1), start - 1).toLowerCase() : '';
  last = before;
  lastCue = { word, previous, label };
  return lastCue;
}

/** Blanks, quotes, commas and marks. */
function isFiller(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 34 || code === 44 || isMark(code);
}

/** `:`, `=`, `>`, `|`. */
function isMark(code: number): boolean {
  return code === 58 || code === 61 || code === 62 || code === 124;
}

/** A blank, `_` or `-`. */
function isJoint(code: number): boolean {
  return code === 32 || code === 95 || code === 45;
}

function wordStart(text: string, end: number): number {
  let at = end;
  while (at > 0 && isLetter(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Letters, apostrophes and full stops within. */
function isLetter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 39 || code === 46 || code > 0xbf
  );
}
