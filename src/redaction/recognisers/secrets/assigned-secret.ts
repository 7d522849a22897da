import { type Recogniser, recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

interface AssignedSpec<Id extends string> {
  readonly id: Id;
  readonly called: string;
  /** In small letters, what the names begin with to which the secret is assigned; found in any case. */
  readonly keywords: readonly string[];
  /** What may follow the keyword in the name, in the subset of `pattern.ts`; of at most 24 characters. */
  readonly rest: string;
  /** The secret, in the subset of `pattern.ts`. */
  readonly value: string;
  /** Bits per character. */
  readonly minEntropy: number;
  readonly found: readonly string[];
  readonly ignored: readonly string[];
}

const ASSIGNED = '["\'`\\]]{0,2}\\s{0,3}(?:=>|:=|[=:]|,)\\s{0,3}["\'`]{0,1}';

/** A secret without a mark of its own: known by the name it is assigned to, and by how much it looks drawn by lot. */
export function assignedSecret<Id extends string>(spec: AssignedSpec<Id>): Recogniser<Id> {
  const { id, called, found, ignored } = spec;
  const end = '(?![A-Za-z0-9/+=_-])';
  const ending = new RegExp(`${spec.value}$`);
  return recogniser({
    id,
    group: 'secret',
    called,
    forms: [
      {
        anchor: { kind: 'text', texts: spec.keywords, ignoreCase: true },
        pattern: `${anyCase(spec.keywords)}${spec.rest}${ASSIGNED}${spec.value}${end}`,
        check: (text) => {
          const value = ending.exec(text)?.[0] ?? '';
          if (!looksRandom(value) || entropyOf(value) < spec.minEntropy) return false;
          return [text.length - value.length, text.length];
        },
      },
    ],
    examples: { found, ignored },
  });
}

/** The subset of patterns has no flags: `ab` becomes `[aA][bB]`. */
function anyCase(words: readonly string[]): string {
  const source = (word: string): string =>
    word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`).replace(/[.$()|]/g, '\\$&');
  return `(?:${words.map(source).join('|')})`;
}
