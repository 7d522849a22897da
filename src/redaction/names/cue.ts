/** The last two words before a place, and the sign between them and it: what introduces a name. */
export class Cue {
  readonly #before: string;
  readonly #start: number;
  #previous: string | undefined;
  /** In small letters; '' where a sentence or the text begins. */
  readonly word: string;
  /** A colon, an equals sign, the end of a tag or a cell: what stands before is a label. */
  readonly label: boolean;

  /** Reads backwards, by hand: an expression that ends in `$` would be tried at each of the characters before. */
  constructor(before: string) {
    let end = before.length;
    let label = false;
    while (end > 0 && isFiller(before.charCodeAt(end - 1))) {
      end--;
      label ||= isMark(before.charCodeAt(end));
    }
    this.#before = before;
    this.#start = wordStart(before, end);
    this.word = before.slice(this.#start, end).toLowerCase();
    this.label = label;
  }

  /** The word before that one, in small letters; '' where none is joined to it. */
  get previous(): string {
    this.#previous ??= this.#readPrevious();
    return this.#previous;
  }

  #readPrevious(): string {
    const end = this.#start - 1;
    if (end < 0 || !isJoint(this.#before.charCodeAt(end))) return '';
    return this.#before.slice(wordStart(this.#before, end), end).toLowerCase();
  }
}

let last = new Cue('');
let lastBefore = '';

/** What stands before a run; several kinds of names ask of the same one. */
export function cueBefore(before: string): Cue {
  if (before !== lastBefore) {
    last = new Cue(before);
    lastBefore = before;
  }
  return last;
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
