import { type Anchor, type Form, type Recogniser, recogniser } from '../recogniser.ts';

/** Not inside a word, a version, a decimal or an amount of money. */
export const NOT_INSIDE = '(?<![\\w]|\\w[.-]|[#$€£])';
export const ENDS = '(?!\\w|[.-]\\d)';

interface IdForm {
  /** Of the number alone; what may stand beside it is the same for all. */
  readonly pattern: string;
  /** How many characters stand before its first digit, 0 where left out. */
  readonly back?: number;
  /** In place of `back`, where that is not the same for all. */
  readonly anchor?: Anchor;
  readonly score?: number;
  /** Sees letters (in capitals) and digits only. */
  readonly valid?: (compact: string) => boolean;
}

interface Labelled {
  /** In small letters; found in any case. */
  readonly labels: readonly string[];
  /** The number, in the subset of `pattern.ts`. */
  readonly value: string;
  readonly valid?: (compact: string) => boolean;
}

interface IdSpec<Id extends string> {
  readonly id: Id;
  readonly called: string;
  readonly context?: readonly string[];
  readonly forms: readonly IdForm[];
  /** What is a number of this kind only behind its name. */
  readonly labelled?: Labelled;
  /** What may not stand before the number, where it is not NOT_INSIDE. */
  readonly notInside?: string;
  readonly found: readonly string[];
  readonly ignored: readonly string[];
}

/** A number, perhaps with letters, that an authority gives to one person or thing. */
export function idNumber<Id extends string>(spec: IdSpec<Id>): Recogniser<Id> {
  const { id, called, context = [], found, ignored, notInside = NOT_INSIDE } = spec;
  return recogniser({
    id,
    group: 'pii',
    called,
    context,
    forms: [
      ...spec.forms.map(({ pattern, back = 0, anchor, score, valid }) => ({
        anchor: anchor ?? { kind: 'digits' as const, back },
        pattern: `${notInside}(?:${pattern})${ENDS}`,
        ...(valid === undefined ? {} : { check: (value: string) => valid(compact(value)) }),
        ...(score === undefined ? {} : { score }),
      })),
      ...(spec.labelled === undefined ? [] : [labelledForm(spec.labelled)]),
    ],
    canonical: compact,
    examples: { found, ignored },
  });
}

/** What stands between a label and its value: the end of the label's name, quotes, a colon or a verb. */
const IS =
  '(?:[ _-]?(?:[nN]umber|NUMBER|[nN]umero|[nN]úmero|[nN]um|[nN]o|NO|[nN]r|[iI][dD]|[cC]ode)\\.?|#)?["\'\\])]{0,2}(?:\\s{0,2}(?:[:=#>|]|is|was|ist|est|es)){0,2}\\s{0,3}["\'(]?';

/** A form that is known by the name in front of it: tried only there, and sure by it. */
export function labelledForm({ labels, value, valid }: Labelled): Form {
  const label = `${anyCase(labels)}${IS}`;
  const parts = new RegExp(`^${label}(${value})$`, 'd');
  return {
    anchor: { kind: 'text', texts: labels, ignoreCase: true },
    pattern: `(?<![A-Za-z])${label}(?:${value})${ENDS}`,
    check: (text) => {
      const [start, end] = parts.exec(text)?.indices?.[1] ?? [0, 0];
      if (start === 0 || valid?.(compact(text.slice(start, end))) === false) return false;
      return /[a-z]/i.test(text.charAt(start - 1)) ? false : [start, end];
    },
  };
}

/** The subset of patterns has no flags: `ab` becomes `[aA][bB]`. */
export function anyCase(words: readonly string[]): string {
  const source = (word: string): string =>
    word.replace(/[.$()|?*+]/g, '\\$&').replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  return `(?:${words.map(source).join('|')})`;
}

/**
 * Groups of digits, all of them separated by the same character or by none.
 *
 * @param separators characters, each escaped as in a pattern where it has to be
 */
export function grouped(sizes: readonly number[], separators: readonly string[] = [' ', '-']): string {
  const groups = sizes.map((size) => `\\d{${size}}`);
  return [
    `\\d{${sizes.reduce((sum, size) => sum + size, 0)}}`,
    ...separators.map((each) => groups.join(each)),
  ].join('|');
}

let last = '';
let lastCompact = '';

/** Letters and digits only, in capitals; the same number is asked for by several recognisers, one after the other. */
export function compact(value: string): string {
  if (value === last) return lastCompact;
  lastCompact = /[^0-9A-Z]/.test(value) ? value.replace(/[^0-9A-Za-z]/g, '').toUpperCase() : value;
  last = value;
  return lastCompact;
}
