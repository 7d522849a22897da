import { isDay, luhn } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth, sex, citizenship, Luhn digit. */
export const zaId = idNumber({
  id: 'za_id',
  called: 'a South African identity number',
  context: ['identity number', 'id number', 'south african id'],
  forms: [{ pattern: '\\d{10}[012]\\d{2}|\\d{6} \\d{4} [012]\\d{2}', score: LIKELY, valid: checked }],
  found: ['‹8001015009087›', 'ID number ‹800101 5009 087›'],
  ignored: ['8001015009088', '8013015009087'],
});

function checked(digits: string): boolean {
  return isDay(digits.slice(2, 4), digits.slice(4, 6)) && luhn(digits);
}
