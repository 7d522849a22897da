import { isDay } from '../../checksums.ts';
import { POSSIBLE, WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth and four digits; a check digit is no longer given to all. */
export const dkCpr = idNumber({
  id: 'dk_cpr',
  called: 'a Danish CPR number',
  context: ['cpr', 'cpr-nr', 'cpr nummer', 'personnummer'],
  forms: [
    { pattern: '\\d{6}-\\d{4}', score: POSSIBLE, valid: dated },
    { pattern: '\\d{10}', score: WEAK, valid: dated },
  ],
  found: ['CPR: ‹070761-4285›', 'cpr-nr ‹0707614285›'],
  ignored: ['079961-4285', 'order 070761-4285'],
});

function dated(digits: string): boolean {
  return isDay(digits.slice(2, 4), digits.slice(0, 2));
}
