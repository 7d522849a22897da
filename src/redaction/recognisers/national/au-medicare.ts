import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Ten digits from 2 to 6 on, weights 1, 3, 7, 9, mod 10. */
export const auMedicare = idNumber({
  id: 'au_medicare',
  called: 'an Australian Medicare number',
  context: ['medicare'],
  forms: [
    { pattern: '[2-6]\\d{3} \\d{5} \\d(?:[ /-]?\\d)?', score: LIKELY, valid: checked },
    { pattern: '[2-6]\\d{9}', score: POSSIBLE, valid: checked },
  ],
  found: ['Medicare ‹2123 45670 1›', 'medicare: ‹2123456701›'],
  ignored: ['2123 45671 1', 'order 2123456701'],
});

function checked(digits: string): boolean {
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits.charAt(8));
}
