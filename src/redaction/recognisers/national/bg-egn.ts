import { isDay, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ЕГН: date of birth (the month tells the century), serial number, check digit. */
export const bgEgn = idNumber({
  id: 'bg_egn',
  called: 'a Bulgarian personal number',
  context: ['егн', 'egn'],
  forms: [{ pattern: '\\d{10}', score: POSSIBLE, valid: checked }],
  found: ['ЕГН ‹7523169263›', 'egn: ‹7523169263›'],
  ignored: ['EGN 7523169264', 'order 7523169263'],
});

function checked(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20;
  const check = (weighted(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10;
  return check === Number(digits.charAt(9)) && isDay(month, digits.slice(4, 6));
}
