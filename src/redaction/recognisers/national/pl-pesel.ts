import { isDay, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth (the month tells the century), serial number, check digit. */
export const plPesel = idNumber({
  id: 'pl_pesel',
  called: 'a Polish PESEL number',
  context: ['pesel'],
  forms: [{ pattern: '\\d{11}', score: POSSIBLE, valid: checked }],
  found: ['My pesel is ‹44051401458›.', '‹02070803628›'],
  ignored: ['44051401459', '85040812345', 'order 44051401458'],
});

function checked(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20;
  const sum = weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
  return sum % 10 === 0 && isDay(month, digits.slice(4, 6));
}
