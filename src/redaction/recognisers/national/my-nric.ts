import { isDay } from '../../checksums.ts';
import { LIKELY, WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth, place of birth, four digits. */
export const myNric = idNumber({
  id: 'my_nric',
  called: 'a Malaysian identity card number',
  context: ['mykad', 'nric', 'kad pengenalan', 'ic number'],
  forms: [
    { pattern: '\\d{6}-\\d{2}-\\d{4}', score: LIKELY, valid: dated },
    { pattern: '\\d{12}', score: WEAK, valid: dated },
  ],
  found: ['‹850123-14-5678›', 'MyKad ‹850123145678›'],
  ignored: ['851323-14-5678', '850123-14-567'],
});

function dated(digits: string): boolean {
  return isDay(digits.slice(2, 4), digits.slice(4, 6));
}
