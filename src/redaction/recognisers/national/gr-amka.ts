import { isDay, luhn } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ΑΜΚΑ: date of birth, serial number, Luhn digit. */
export const grAmka = idNumber({
  id: 'gr_amka',
  called: 'a Greek social security number',
  context: ['αμκα', 'amka'],
  forms: [{ pattern: '\\d{11}', score: POSSIBLE, valid: checked }],
  found: ['ΑΜΚΑ ‹01013099997›', 'amka: ‹01013099997›'],
  ignored: ['AMKA 01013099998', 'order 01013099997'],
});

function checked(digits: string): boolean {
  return isDay(digits.slice(2, 4), digits.slice(0, 2)) && luhn(digits);
}
