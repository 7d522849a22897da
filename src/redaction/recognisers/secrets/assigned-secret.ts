import type { Form } from '../../recogniser.ts';
import { anyCase } from '../id-number.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

export interface AssignedSecret {
  /** In small letters, what the names begin with to which the secret is assigned; found in any case. */
  readonly keywords: readonly string[];
  /** What may follow the keyword in the name, in the subset of `pattern.ts`; at most 24 characters. */
  readonly rest: string;
  /** The secret, in the subset of `pattern.ts`. */
  readonly value: string;
  /** The class of what may follow the value. */
  readonly tail?: string;
  /** Bits per character. */
  readonly minEntropy: number;
  readonly check?: (value: string) => boolean;
  /** The keyword is a word of its own in the name, not a part of another: `etsy_key`, `myEtsyKey`, not `SetSysctl`. */
  readonly ownWord?: true;
}

/** Between a name and its value, in config files, code, shells and prose ("my key is …"). */
const ASSIGNED =
  '(?:["\'`]\\s{0,2},|["\'`\\])]{0,2}(?: [sS]tring)?\\s{0,3}(?:=>|:{1,3}=?|\\?=|\\|\\|:?|[=>]|is(?=\\s)))\\s{0,3}["\'`]?';

/** A secret without a mark of its own: known by the name it is assigned to, and by how much it looks drawn by lot. */
export function assignedSecret(spec: AssignedSecret): Form {
  const { keywords, rest, value, tail, minEntropy, check } = spec;
  const name = spec.ownWord ? ownWords(keywords) : anyCase(keywords);
  const end = tail === undefined ? '(?![A-Za-z0-9/+=_-])' : '';
  const ending = new RegExp(`${ASSIGNED}(${value})$`);
  return {
    anchor: { kind: 'text', texts: keywords, ignoreCase: true },
    pattern: `${name}${rest}${ASSIGNED}${value}${end}`,
    check: (text) => {
      const found = ending.exec(text)?.[1] ?? '';
      if (!looksRandom(found) || entropyOf(found) < minEntropy || check?.(found) === false) return false;
      return [text.length - found.length, text.length];
    },
    ...(tail === undefined ? {} : { tail }),
  };
}

function ownWords(words: readonly string[]): string {
  return `(?:${words
    .map((word) => {
      const first = word.charAt(0).toUpperCase();
      const rest = anyCase([word.slice(1)]);
      return `(?<![A-Za-z])${word}|${first}${rest}`;
    })
    .join('|')})`;
}
