/** A kind of value that redaction knows: data and a check, in one file each under `recognisers/`. */

/** Where a form is looked for: only there is its pattern tried, so that plain prose costs next to nothing. */
export type Anchor =
  /** A match starts with one of these texts; with `ignoreCase` (then write them small) in any case of its letters. */
  | { readonly kind: 'text'; readonly texts: readonly string[]; readonly ignoreCase?: true }
  /** A match starts `back` characters before the first of a run of digits. */
  | { readonly kind: 'digits'; readonly back: number }
  /**
   * A match starts where a run of `before` (at most `max` long) that stands before this character starts; with
   * `first`, at the first character in it that is of this class.
   */
  | {
      readonly kind: 'char';
      readonly char: string;
      readonly before: string;
      readonly first?: string;
      readonly max: number;
    }
  /** A match starts where a run of `before` (at most `max` long) starts that stands before one of these texts. */
  | {
      readonly kind: 'inner';
      readonly texts: readonly string[];
      readonly before: string;
      readonly max: number;
      /** What of the run a match may start with; without it, whatever the run starts with. */
      readonly first?: string;
    }
  /** A match starts with a character of this class that no letter or digit of ASCII precedes. */
  | { readonly kind: 'word'; readonly first: string };

/** What a check says: no, yes, or yes to this part (start and end within the value). */
export type Checked = boolean | readonly [start: number, end: number];

/**
 * What a form is worth by itself, of 100: `CERTAIN` needs nothing else, `LIKELY` is enough unless the words around
 * speak against it, `POSSIBLE` needs words that speak for it, or a text that is nothing but the value, `WEAK` needs
 * the words.
 */
export const CERTAIN = 100;
export const LIKELY = 60;
export const POSSIBLE = 40;
export const WEAK = 20;

/** One way to write the value. */
export interface Form {
  readonly anchor: Anchor;
  /** In the bounded subset of `pattern.ts`. */
  readonly pattern: string;
  /** Whether a match is none, asked once for all forms that share anchor and pattern: what their checks refuse, too. */
  readonly dismiss?: (value: string) => boolean;
  /** A character class: what follows a match directly and belongs to it, however long (keys, tokens). */
  readonly tail?: string;
  /**
   * Checksum, range, context. Sees what the pattern matched and up to CONTEXT_CHARS characters before it,
   * and nothing else: whatever it says must hold however the text goes on.
   */
  readonly check?: (value: string, before: string) => Checked;
  /** CERTAIN where left out. */
  readonly score?: number;
}

export interface Recogniser<Id extends string = string> {
  /** As in policies; in capitals, the token that takes its place: `<CREDIT_CARD>`. */
  readonly id: Id;
  /** `quasi_identifier`: says something of a person, but alone does not name one. */
  readonly group: 'pii' | 'quasi_identifier' | 'secret';
  /** For messages: "an e-mail address". */
  readonly called: string;
  readonly forms: readonly Form[];
  /**
   * Words that speak for the value where they stand near it, in small letters, whole; a blank in one stands for
   * any of `_`, `-` and blanks.
   */
  readonly context?: readonly string[];
  /** Spellings of one value become one: the same value keeps its placeholder. */
  readonly canonical?: (value: string) => string;
  /** Held by a test. `·` is left out, so that nobody's secret scanner takes an example for a leak. */
  readonly examples: {
    /** Texts with the value in ‹›. */
    readonly found: readonly string[];
    readonly ignored: readonly string[];
  };
}

/** What is said of a kind of value, however it is found. */
export type Entity = Pick<Recogniser, 'id' | 'group' | 'called' | 'context' | 'canonical'>;

/** Keeps the id's literal type. */
export function recogniser<Id extends string>(spec: Recogniser<Id>): Recogniser<Id> {
  return spec;
}

/** The digits of a text, without what separates them. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** The end of the `count`-th digit, if no digit follows it directly; else undefined. */
export function endOfDigits(value: string, count: number): number | undefined {
  let seen = 0;
  for (let at = 0; at < value.length; at++) {
    if (!isDigit(value, at)) continue;
    seen++;
    if (seen === count) return isDigit(value, at + 1) ? undefined : at + 1;
  }
  return undefined;
}

function isDigit(value: string, at: number): boolean {
  const code = value.charCodeAt(at);
  return code >= 48 && code <= 57;
}
