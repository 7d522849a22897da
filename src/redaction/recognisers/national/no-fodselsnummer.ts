import { isDay, weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth (day + 40 for D numbers), serial number, two check digits mod 11. */
export const noFodselsnummer = idNumber({
  id: 'no_fodselsnummer',
  called: 'a Norwegian identity number',
  context: ['fødselsnummer', 'personnummer', 'd-nummer'],
  forms: [{ pattern: '\\d{11}|\\d{6} \\d{5}', score: LIKELY, valid: checked }],
  found: ['‹01010750160›', 'fødselsnummer ‹010107 50160›'],
  ignored: ['01010750161', '41310750160'],
});

function checked(digits: string): boolean {
  const day = Number(digits.slice(0, 2));
  if (!isDay(digits.slice(2, 4), day > 40 ? day - 40 : day)) return false;
  return (
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}
