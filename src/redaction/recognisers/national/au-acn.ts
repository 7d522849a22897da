import { isRepeated, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { grouped, idNumber } from '../id-number.ts';

/** Nine digits, weights 8 to 1, mod 10. */
export const auAcn = idNumber({
  id: 'au_acn',
  called: 'an Australian company number',
  context: ['acn', 'company number'],
  forms: [{ pattern: grouped([3, 3, 3]), score: POSSIBLE, valid: checked }],
  found: ['ACN ‹004 085 616›'],
  ignored: ['ACN 004 085 617', 'order 004085616'],
});

function checked(digits: string): boolean {
  return (
    (10 - (weighted(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === Number(digits.charAt(8)) &&
    !isRepeated(digits)
  );
}
