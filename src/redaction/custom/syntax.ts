/**
 * The syntax of patterns that operators write: that of RE2 and JavaScript, as far as a match has an end. Characters,
 * classes, `\d \w \s \p{…}`, groups, `|`, `?`, `{n}`, `{m,n}`, `\b` and `\B`. Whatever else is common in regular
 * expressions is refused by name, with what to write instead.
 */

export type Syntax =
  /** One character of a class; `source` is a class as JavaScript writes it with the flag `u`. */
  | { readonly kind: 'class'; readonly source: string }
  | { readonly kind: 'sequence'; readonly nodes: readonly Syntax[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Syntax[] }
  | { readonly kind: 'repeat'; readonly node: Syntax; readonly min: number; readonly max: number }
  /** `\b`, or `\B` where the characters around must be of one kind. */
  | { readonly kind: 'edge'; readonly inside: boolean };

/** A pattern that cannot be used; the message says where and what to write instead. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** @throws PatternError where the source leaves the syntax */
export function parseSyntax(source: string): Syntax {
  const reader = new Reader(source);
  const node = reader.choice();
  if (!reader.done()) reader.fail('this ")" closes nothing; write \\) for the character');
  return node;
}

/** A class that stands alone, such as what may follow a value. @throws PatternError */
export function parseClass(source: string): string {
  const node = parseSyntax(source);
  if (node.kind !== 'class') throw new PatternError('is not one class of characters; write [A-Za-z0-9]');
  return node.source;
}

const WHOLE_TEXT =
  'a value may stand anywhere in a text, so there is no beginning or end to ask for; leave it out, or write \\b for the edge of a word';
const NO_LOOKS =
  'look-ahead and look-behind are not supported; write \\b for the edge of a word, or words under context or against';
const NO_REFERENCES = 'back-references are not supported; write the alternatives out';
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

/** One part of a class: a character, or a class of its own. */
type Item = number | string;

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  done(): boolean {
    return this.#at >= this.#source.length;
  }

  fail(why: string, at = this.#at): never {
    throw new PatternError(`at character ${at + 1} of the pattern: ${why}`);
  }

  choice(): Syntax {
    const nodes = [this.#sequence()];
    while (this.#take('|')) nodes.push(this.#sequence());
    return nodes.length === 1 ? (nodes[0] as Syntax) : { kind: 'choice', nodes };
  }

  #sequence(): Syntax {
    const nodes: Syntax[] = [];
    while (!this.done() && !this.#sees('|') && !this.#sees(')')) nodes.push(this.#quantified());
    return nodes.length === 1 ? (nodes[0] as Syntax) : { kind: 'sequence', nodes };
  }

  #quantified(): Syntax {
    const node = this.#atom();
    const bounds = this.#bounds();
    if (bounds === undefined) return node;
    const [min, max] = bounds;
    if (this.#sees('?'))
      this.fail('the longest match counts, so a lazy quantifier means nothing; leave out this "?"');
    if (this.#sees('+') || this.#sees('*') || this.#sees('{')) this.fail('there is a quantifier already');
    return { kind: 'repeat', node, min, max };
  }

  #bounds(): readonly [min: number, max: number] | undefined {
    const at = this.#at;
    if (this.#take('?')) return [0, 1];
    if (this.#sees('*') || this.#sees('+')) {
      const sign = this.#source.charAt(at);
      const instead = sign === '*' ? '{0,20}' : '{1,20}';
      this.fail(`"${sign}" has no upper bound; write ${instead}, or as many as the value can have`);
    }
    if (!this.#sees('{')) return undefined;
    const written = this.#matching(/\{(\d{1,4})(,(\d{1,4})?)?\}/y);
    if (written === undefined)
      this.fail('"{" begins a quantifier such as {2,20}; write \\{ for the character');
    const [whole, from, comma, to] = written;
    if (comma !== undefined && to === undefined)
      this.fail(
        `"${whole}" has no upper bound; write {${from},${Number(from) + 20}}, or as many as the value can have`,
        at,
      );
    const min = Number(from);
    const max = to === undefined ? min : Number(to);
    if (min > max) this.fail(`"${whole}" ends before it begins`, at);
    return [min, max];
  }

  #atom(): Syntax {
    const at = this.#at;
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return this.#characterClass(at);
    if (this.#take('.')) return { kind: 'class', source: '[^\\n]' };
    if (this.#sees('^') || this.#sees('$')) this.fail(WHOLE_TEXT);
    if (this.#sees('?') || this.#sees('*') || this.#sees('+') || this.#sees('{'))
      this.fail('there is nothing to repeat before it; write a backslash before it for the character');
    if (this.#matching(/\\[AzZ]/y) !== undefined) this.fail(WHOLE_TEXT, at);
    if (this.#take('\\b')) return { kind: 'edge', inside: false };
    if (this.#take('\\B')) return { kind: 'edge', inside: true };
    return { kind: 'class', source: `[${written(this.#item())}]` };
  }

  #group(): Syntax {
    const at = this.#at - 1;
    if (this.#matching(/\?<?[=!]/y) !== undefined) this.fail(NO_LOOKS, at);
    if (this.#matching(/\?(?::|P?<\w+>)/y) === undefined && this.#sees('?'))
      this.fail(
        'this kind of group is not supported; write (?:…), and ignore_case: true in place of (?i)',
        at,
      );
    const node = this.choice();
    if (!this.#take(')')) this.fail('this "(" is never closed; write \\( for the character', at);
    return node;
  }

  #characterClass(at: number): Syntax {
    let source = this.#take('^') ? '[^' : '[';
    if (this.#sees(']')) this.fail('the class is empty; write \\] for the character');
    while (!this.#sees(']')) {
      if (this.done()) this.fail('this "[" is never closed; write \\[ for the character', at);
      if (this.#sees('[:')) this.fail('classes such as [:alpha:] are not supported; write \\p{L}, \\d, a-z');
      source += this.#range();
    }
    this.#at++;
    return { kind: 'class', source: `${source}]` };
  }

  #range(): string {
    const at = this.#at;
    const first = this.#item();
    if (!this.#sees('-') || this.#source.charAt(this.#at + 1) === ']') return written(first);
    this.#at++;
    if (this.done()) return written(first);
    const last = this.#item();
    if (typeof first === 'string' || typeof last === 'string' || first > last)
      this.fail('this is no range from a lower character to a higher one; write \\- for the character', at);
    return `${written(first)}-${written(last)}`;
  }

  #item(): Item {
    const at = this.#at;
    if (this.#sees('\\')) return this.#escape();
    const code = this.#source.codePointAt(at) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) this.fail('this is half of a character');
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #escape(): Item {
    const at = this.#at;
    if (this.#matching(/\\(?:[1-9]|k)/y) !== undefined) this.fail(NO_REFERENCES, at);
    const kind = this.#matching(/\\(?:[dDwWsS]|[pP]\{[^}]{0,60}\})/y)?.[0];
    if (kind !== undefined)
      return isClass(kind)
        ? kind
        : this.fail(`${kind} is not known; write \\p{L}, \\p{Lu}, \\p{Script=Greek}`, at);
    const hex = this.#matching(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|[xu]\{([0-9a-fA-F]{1,6})\})/y);
    if (hex !== undefined) return this.#codePoint(hex[1] ?? hex[2] ?? hex[3] ?? '', at);
    const control = this.#matching(/\\([tnvfr0])/y)?.[1];
    if (control !== undefined) return CONTROLS[control] ?? 0;
    const itself = this.#matching(/\\([^A-Za-z0-9\ud800-\udfff])/y)?.[1];
    if (itself !== undefined) return itself.charCodeAt(0);
    return this.fail(`"${this.#source.slice(at, at + 2)}" is no escape that is known`);
  }

  #codePoint(hex: string, at: number): number {
    const code = Number.parseInt(hex, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      this.fail('this is no character; one beyond U+FFFF is written \\u{1F600}', at);
    return code;
  }

  /** What stands here, if it looks like that; it is then behind us. */
  #matching(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#source) ?? undefined;
    if (match !== undefined) this.#at = sticky.lastIndex;
    return match;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function written(item: Item): string {
  return typeof item === 'string' ? item : `\\u{${item.toString(16)}}`;
}

function isClass(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
