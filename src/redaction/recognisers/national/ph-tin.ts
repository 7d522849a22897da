import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Nine digits, the last a check digit (weights 9 to 2, mod 11), and a branch. */
export const phTin = idNumber({
  id: 'ph_tin',
  called: 'a Philippine tax number',
  context: ['tin', 'bir', 'tax id', 'taxpayer'],
  forms: [
    { pattern: '\\d{3}-\\d{3}-\\d{3}-\\d{3,5}', score: LIKELY, valid: checked },
    { pattern: '\\d{3}-\\d{3}-\\d{3}|\\d{9}(?:\\d{3})?', score: POSSIBLE, valid: checked },
  ],
  found: ['My TIN is ‹000-123-456-000›', 'BIR TIN: ‹000123456000›'],
  ignored: ['TIN 000-123-457-000', 'TIN 600-000-000', 'order 000123456'],
});

function checked(digits: string): boolean {
  return (
    weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(digits.charAt(8)) && !/^0{9}/.test(digits)
  );
}
