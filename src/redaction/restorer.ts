import { Beginnings } from './beginnings.ts';
import { parsePattern } from './pattern.ts';
import type { TextStream } from './stream.ts';

export const PSEUDONYM_ID_CHARS = 8;

/** As given, with Markdown's backslashes; the brackets also in HTML, in URLs and in JSON, or left out. */
const NAME = `[A-Z](?:\\\\?_|[A-Z0-9]){1,39}\\\\?_[a-z2-7]{${PSEUDONYM_ID_CHARS}}`;
const OPEN = '(?:\\\\?<|&lt;|%3[Cc]|\\\\u003[cC])';
const CLOSE = '(?:\\\\?>|&gt;|%3[Ee]|\\\\u003[eE])';

/** Without its opening bracket a pseudonym must not begin inside a word, and none may end inside one. */
const WRITTEN = parsePattern(`(?:${OPEN}|(?<![A-Za-z0-9_]))${NAME}(?![A-Za-z0-9_])${CLOSE}?`);
const ALL = new RegExp(WRITTEN.source, 'g');
const UNFINISHED = new Beginnings([WRITTEN]);
const BRACKETS = new RegExp(`^${OPEN}|${CLOSE}$`, 'g');

/** Replaces what a person wrote that would be taken for a pseudonym. */
export function replaceLookAlikes(text: string, replace: (written: string) => string): string {
  return text.includes('_') ? text.replace(ALL, replace) : text;
}

/**
 * Puts values back in place of their pseudonyms, in a text however it is cut. Held back is only what may still
 * become one, in whichever way models write them; what is not known by name stays as it is.
 */
export class Restorer implements TextStream {
  readonly #restored: (name: string) => string | undefined;
  /** One character of what went out, for word boundaries, then what did not. */
  #text = '';
  #sent = 0;

  /** @param restored a name is what stands between the brackets: `EMAIL_k7f2q9ab` */
  constructor(restored: (name: string) => string | undefined) {
    this.#restored = restored;
  }

  push(piece: string): string {
    if (piece === '') return '';
    this.#text += piece;
    const from = Math.max(this.#sent, this.#text.length - WRITTEN.maxLength);
    const out = this.#restore(UNFINISHED.firstIn(this.#text, from));
    const cut = Math.max(0, this.#sent - 1);
    this.#text = this.#text.slice(cut);
    this.#sent -= cut;
    return out;
  }

  end(piece = ''): string {
    this.#text += piece;
    const out = this.#restore(this.#text.length);
    this.#text = '';
    this.#sent = 0;
    return out;
  }

  /** What goes out up to `to`, before which no pseudonym is still growing. */
  #restore(to: number): string {
    let out = '';
    ALL.lastIndex = this.#sent;
    for (let match = ALL.exec(this.#text); match !== null && match.index < to; match = ALL.exec(this.#text)) {
      const written = match[0];
      const value = this.#restored(written.replace(BRACKETS, '').replaceAll('\\', ''));
      if (value === undefined) continue;
      out += this.#text.slice(this.#sent, match.index) + value;
      this.#sent = match.index + written.length;
    }
    if (to <= this.#sent) return out;
    out += this.#text.slice(this.#sent, to);
    this.#sent = to;
    return out;
  }
}
