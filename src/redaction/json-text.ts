import type { TextStream } from './stream.ts';

/** A number or word is judged whole up to this length; beyond it, it is not JSON. */
const SCALAR_CHARS = 128;

const STRUCTURE = /[[\]{},:"]/;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** More of a member's name tells nobody what its value is. */
const NAME_CHARS = 64;

/**
 * JSON in pieces whose texts go through another stream: each string, names of members included, is decoded,
 * rewritten and escaped again, and the other stream is told under which name it stands; a number that is rewritten becomes a string. What is not JSON is not refused
 * (models do write such arguments), and whatever stands outside strings is looked at as well.
 */
export class JsonText implements TextStream {
  readonly #inner: TextStream;
  #inString = false;
  /** A beginning of an escape, or a scalar not yet ended. */
  #held = '';
  /** The scalar at hand is too long to be one, and streams. */
  #overlong = false;
  /** The beginning of the last string: a member's name, if a colon follows. */
  #string = '';
  /** Of the member at hand; values in its array stand under it, too. */
  #name = '';
  /** Arrays open since the name. */
  #arrays = 0;

  constructor(inner: TextStream) {
    this.#inner = inner;
  }

  push(piece: string): string {
    let out = '';
    for (let at = 0; at < piece.length; ) {
      if (this.#inString) {
        const [text, next] = this.#inside(piece, at);
        out += text;
        at = next;
      } else {
        out += this.#between(piece.charAt(at));
        at++;
      }
    }
    return out;
  }

  end(piece = ''): string {
    let out = this.push(piece);
    out += this.#inString ? escaped(this.#inner.end(this.#held)) : this.#endScalar();
    this.#inString = false;
    this.#held = '';
    this.#name = '';
    this.#arrays = 0;
    return out;
  }

  #between(char: string): string {
    if (!STRUCTURE.test(char)) return this.#scalar(char);
    const scalar = this.#endScalar();
    this.#inString = char === '"';
    if (this.#inString) this.#beginString();
    else this.#follow(char);
    return scalar + char;
  }

  #beginString(): void {
    this.#string = '';
    this.#inner.begin?.(this.#name);
  }

  /** Which name the next value has. */
  #follow(char: string): void {
    if (char === ':') this.#name = this.#string;
    else if (char === '[') this.#arrays += this.#name === '' ? 0 : 1;
    else if (char === ']' && this.#arrays > 0) this.#arrays--;
    else if (char !== ',' || this.#arrays === 0) {
      this.#name = '';
      this.#arrays = 0;
    }
  }

  #scalar(char: string): string {
    if (this.#overlong) return this.#inner.push(char);
    this.#held += char;
    if (this.#held.length <= SCALAR_CHARS) return '';
    this.#overlong = true;
    this.#inner.begin?.(this.#name);
    const text = this.#held;
    this.#held = '';
    return this.#inner.push(text);
  }

  #endScalar(): string {
    if (this.#overlong) {
      this.#overlong = false;
      return this.#inner.end();
    }
    const scalar = this.#held;
    this.#held = '';
    if (!/\S{2}/.test(scalar)) return scalar;
    this.#inner.begin?.(this.#name);
    const rewritten = this.#inner.end(scalar);
    return rewritten === scalar ? scalar : JSON.stringify(rewritten.trim());
  }

  /** Reads up to the end of the string or of the piece; gives what may go out and where reading stopped. */
  #inside(piece: string, from: number): readonly [string, number] {
    let text = '';
    let at = from;
    for (; at < piece.length; at++) {
      const char = piece.charAt(at);
      if (this.#held === '' && char === '"') break;
      if (this.#held === '' && char !== '\\') {
        text += char;
        continue;
      }
      this.#held += char;
      const decoded = decodeEscape(this.#held);
      if (decoded === undefined) continue;
      text += decoded;
      this.#held = '';
    }
    this.#string += text.slice(0, NAME_CHARS - this.#string.length);
    if (at === piece.length) return [escaped(this.#inner.push(text)), at];
    this.#inString = false;
    return [`${escaped(this.#inner.end(text))}"`, at + 1];
  }
}

/** The character an escape stands for; undefined while it is incomplete. Unknown escapes stand for themselves. */
function decodeEscape(sequence: string): string | undefined {
  const kind = sequence.charAt(1);
  if (kind === '') return undefined;
  if (kind !== 'u') return ESCAPES[kind] ?? kind;
  if (!/^\\u[0-9a-fA-F]{0,4}$/.test(sequence)) return sequence;
  return sequence.length < 6 ? undefined : String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
