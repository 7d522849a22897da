import { isDay, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Isikukood and asmens kodas: century and sex, date of birth, serial number, check digit mod 11. */
export const balticPersonalCode = idNumber({
  id: 'baltic_personal_code',
  called: 'an Estonian or Lithuanian personal code',
  context: ['isikukood', 'asmens kodas', 'personal code', 'id code'],
  forms: [{ pattern: '[1-6]\\d{10}', score: POSSIBLE, valid: checked }],
  found: ['isikukood ‹37605030299›', 'asmens kodas: ‹33309240064›'],
  ignored: ['isikukood 37605030298', 'order 37605030299'],
});

function checked(digits: string): boolean {
  let rest = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (rest === 10) rest = (weighted(digits, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
  return rest === Number(digits.charAt(10)) && isDay(digits.slice(3, 5), digits.slice(5, 7));
}
