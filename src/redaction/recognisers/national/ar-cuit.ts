import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** CUIT/CUIL: kind, document, check digit mod 11. */
export const arCuit = idNumber({
  id: 'ar_cuit',
  called: 'an Argentine tax number',
  context: ['cuit', 'cuil'],
  forms: [
    { pattern: '(?:20|2[3-7]|30|3[34])-\\d{8}-\\d', score: LIKELY, valid: checked },
    { pattern: '(?:20|2[3-7]|30|3[34])\\d{9}', score: POSSIBLE, valid: checked },
  ],
  found: ['CUIT ‹20-12345678-6›', 'cuil: ‹20123456786›'],
  ignored: ['20-12345678-5', 'order 20123456786'],
});

function checked(digits: string): boolean {
  const check = (11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check === Number(digits.charAt(10));
}
