import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** One or two letters, six digits, check digit in brackets. */
export const hkId = idNumber({
  id: 'hk_id',
  called: 'a Hong Kong identity card number',
  context: ['hkid', 'hong kong id'],
  forms: [
    { back: 1, pattern: '[A-Za-z]{1,2}\\d{6}\\([0-9Aa]\\)', score: LIKELY, valid: checked },
    { back: 2, pattern: '[A-Za-z]{1,2}\\d{6}\\([0-9Aa]\\)', score: LIKELY, valid: checked },
  ],
  found: ['‹A123456(3)›', 'HKID ‹G123456(A)›'],
  ignored: ['A123456(4)'],
});

function checked(compact: string): boolean {
  const padded = compact.padStart(9, ' ');
  let sum = 0;
  for (let at = 0; at < 9; at++) {
    const char = padded.charAt(at);
    sum += (9 - at) * (char === ' ' ? 36 : at === 8 && char === 'A' ? 10 : Number.parseInt(char, 36));
  }
  return sum % 11 === 0;
}
