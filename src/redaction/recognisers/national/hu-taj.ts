import { weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { grouped, idNumber } from '../id-number.ts';

/** TAJ: nine digits, weights 3 and 7 in turn, mod 10. */
export const huTaj = idNumber({
  id: 'hu_taj',
  called: 'a Hungarian social security number',
  context: ['taj', 'taj-szám', 'taj szám'],
  forms: [{ pattern: grouped([3, 3, 3]), score: POSSIBLE, valid: checked }],
  found: ['TAJ ‹111 111 110›', 'TAJ-szám: ‹123456788›'],
  ignored: ['TAJ 123456789', 'order 123456788'],
});

function checked(digits: string): boolean {
  return weighted(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === Number(digits.charAt(8));
}
