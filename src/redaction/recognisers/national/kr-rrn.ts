import { isDay } from '../../checksums.ts';
import { LIKELY, WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth, sex and century, six digits; since 2020 without a check digit. */
export const krRrn = idNumber({
  id: 'kr_rrn',
  called: 'a Korean resident registration number',
  context: ['주민등록번호', '주민번호', 'rrn', 'resident registration'],
  forms: [
    { pattern: '\\d{6}-[1-8]\\d{6}', score: LIKELY, valid: dated },
    { pattern: '\\d{6}[1-8]\\d{6}', score: WEAK, valid: dated },
  ],
  found: ['‹960121-1234567›', '주민등록번호 ‹9601211234567›'],
  ignored: ['961321-1234567', '960121-9234567'],
});

function dated(digits: string): boolean {
  return isDay(digits.slice(2, 4), digits.slice(4, 6));
}
