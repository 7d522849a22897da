import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Thirteen digits, weights 13 to 2, mod 11. */
export const thId = idNumber({
  id: 'th_id',
  called: 'a Thai identity number',
  context: ['บัตรประชาชน', 'เลขประจำตัว', 'thai id', 'national id'],
  forms: [
    { pattern: '[1-8]-\\d{4}-\\d{5}-\\d{2}-\\d', score: LIKELY, valid: checked },
    { pattern: '[1-8]\\d{12}', score: POSSIBLE, valid: checked },
  ],
  found: ['‹3-1005-00445-63-3›', 'บัตรประชาชน ‹3100500445633›'],
  ignored: ['order 3100500445634'],
});

function checked(digits: string): boolean {
  const sum = weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return (11 - (sum % 11)) % 10 === Number(digits.charAt(12));
}
