import { POSSIBLE, WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Two letters and seven digits, or nine digits where it is named. */
export const ukPassport = idNumber({
  id: 'uk_passport',
  called: 'a UK passport number',
  context: ['passport', 'passports', 'passport number', 'travel document'],
  forms: [
    { back: 2, pattern: '[A-Za-z]{2}\\d{7}', score: POSSIBLE },
    { pattern: '\\d{9}', score: WEAK },
  ],
  found: ['‹AB1234567›', 'passport ‹CD7654321›, ‹123456780›'],
  ignored: ['order AB1234567', 'ABC123456', 'AB 1234567'],
});
