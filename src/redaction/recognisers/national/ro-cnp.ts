import { isDay, weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** CNP: sex and century, date of birth, county, serial number, check digit mod 11. */
export const roCnp = idNumber({
  id: 'ro_cnp',
  called: 'a Romanian personal number',
  context: ['cnp', 'cod numeric'],
  forms: [{ pattern: '[1-9]\\d{12}', score: LIKELY, valid: checked }],
  found: ['‹1800101221144›', 'CNP ‹1800101221144›'],
  ignored: ['1800101221145', '1801301221144'],
});

function checked(digits: string): boolean {
  const rest = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (
    (rest === 10 ? 1 : rest) === Number(digits.charAt(12)) && isDay(digits.slice(3, 5), digits.slice(5, 7))
  );
}
