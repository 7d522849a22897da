import { luhn } from '../../checksums.ts';
import { type Checked, digitsOf, endOfDigits, recogniser } from '../../recogniser.ts';

/** Prefix ranges and lengths of the card schemes (ISO/IEC 7812 issuer numbers), as four leading digits. */
const SCHEMES: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [1800, 1800, [15]],
  [2131, 2131, [15]],
  [2200, 2204, [16, 17, 18, 19]],
  [2221, 2720, [16]],
  [3000, 3059, [14, 16]],
  [3088, 3094, [16]],
  [3095, 3095, [14, 16]],
  [3096, 3120, [16]],
  [3158, 3159, [16]],
  [3337, 3349, [16]],
  [3400, 3499, [15]],
  [3500, 3599, [16, 17, 18, 19]],
  [3600, 3699, [14, 16]],
  [3700, 3799, [15]],
  [3800, 3999, [14, 16]],
  [4000, 4999, [16, 13, 19]],
  [5000, 5099, [16, 12, 13, 14, 15, 17, 18, 19]],
  [5100, 5599, [16]],
  [5600, 5899, [16, 12, 13, 14, 15, 17, 18, 19]],
  [6011, 6011, [16, 19]],
  [6040, 6079, [16]],
  [6200, 6299, [16, 17, 18, 19]],
  [6304, 6304, [16, 12, 13, 14, 15, 17, 18, 19]],
  [6390, 6390, [16, 12, 13, 14, 15, 17, 18, 19]],
  [6440, 6599, [16, 19]],
  [6759, 6763, [16, 12, 13, 14, 15, 17, 18, 19]],
  [8100, 8299, [16]],
];

/** Card numbers: a scheme's prefix and length, and the Luhn digit (ISO/IEC 7812-1 annex B). */
export const creditCard = recogniser({
  id: 'credit_card',
  group: 'pii',
  called: 'a card number',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: '(?<![\\w]|\\w[.-]|[#$€£])[1-68]\\d{2}(?:[ -]{0,2}\\d){9,16}(?!\\w|[.-]\\d)',
      check: cardIn,
    },
  ],
  canonical: digitsOf,
  examples: {
    found: [
      '‹4111111111111111›',
      'card: ‹4111 1111 1111 1111› 12/27',
      '‹5500-0000-0000-0004›',
      '‹3782 822463 10005›',
      '‹6011 1111 1111 1117›.',
      '‹2223003122003222›',
      '‹30569309025904›',
      '‹501864667909›',
      '"‹3530111333300000›"',
    ],
    ignored: [
      '4111111111111112',
      '0000000000000000',
      'a4111111111111111',
      '4111111111111111a',
      '411111111111111100000000',
      '9111111111111111',
      '550e8400-e29b-41d4-a716-411111111111',
    ],
  },
});

function cardIn(value: string): Checked {
  const digits = digitsOf(value);
  const prefix = Number(digits.slice(0, 4));
  for (const [from, to, lengths] of SCHEMES) {
    if (prefix < from || prefix > to) continue;
    for (const length of lengths) {
      const end = digits.length === length ? value.length : endOfDigits(value, length);
      if (end !== undefined && luhn(digits.slice(0, length))) return [0, end];
    }
  }
  return false;
}
