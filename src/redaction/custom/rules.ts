import { z } from 'zod';

/** What a value must satisfy beside its pattern. */
export const CHECKS = ['luhn', 'verhoeff', 'mod11_10', 'mod97'] as const;

const MOST_PATTERNS = 20;
const MOST_PATTERN_CHARS = 1000;
const MOST_WORDS = 100;
const MOST_EXAMPLES = 50;
const LEAST_SCORE = 10;

const words = z.array(z.string().regex(/\p{L}/u, 'write at least one letter').max(60)).min(1).max(MOST_WORDS);
const examples = z.array(z.string().min(1).max(2000)).max(MOST_EXAMPLES);

/** How an operator describes a kind of value of their own. */
export const entityRules = z.strictObject({
  called: z
    .string()
    .min(1)
    .max(80)
    .describe('For messages, with its article: an employee badge.')
    .exactOptional(),
  group: z
    .enum(['pii', 'quasi_identifier', 'secret'])
    .default('pii')
    .describe('The group whose action it gets where its own name has none; secrets are never reversible.'),
  patterns: z
    .array(z.string().min(1).max(MOST_PATTERN_CHARS))
    .min(1)
    .max(MOST_PATTERNS)
    .describe(
      'Regular expressions, any of which it may match: the syntax of RE2 with an upper bound on every repeat, at most 128 characters. The longest match from a place counts.',
    ),
  ignore_case: z.boolean().default(false).describe('Whether letters match in upper and lower case.'),
  tail: z
    .string()
    .min(1)
    .max(MOST_PATTERN_CHARS)
    .describe(
      'A class of characters such as [A-Za-z0-9]: what follows a match and belongs to it, however long.',
    )
    .exactOptional(),
  check: z
    .enum(CHECKS)
    .describe(
      'What its digits must satisfy: Luhn, Verhoeff or mod 11,10 with the check digit last; mod97 takes letters, too, as an IBAN has them.',
    )
    .exactOptional(),
  score: z
    .int()
    .min(LEAST_SCORE)
    .max(100)
    .describe(
      'How sure it is by itself, of 100. Below 50 nothing is found; a word of context near it adds 40, a text that is nothing but the value 25. Default: 100 without context, 40 with it.',
    )
    .exactOptional(),
  context: words
    .describe(
      'Words that speak for it, up to 64 characters before it or 24 behind; whole, in small letters or any.',
    )
    .exactOptional(),
  against: words.describe('Words that rule it out where they stand as near.').exactOptional(),
  examples: z
    .strictObject({
      found: examples.min(1).describe('Texts with the value in ‹›: exactly these are found in them.'),
      ignored: examples.default([]).describe('Texts in which nothing is found.'),
    })
    .describe('Tried when the file is loaded; a file whose examples do not hold is refused.'),
});
export type EntityRules = z.output<typeof entityRules>;
