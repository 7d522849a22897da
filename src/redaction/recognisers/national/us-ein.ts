import { POSSIBLE, WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** IRS: two digits, a hyphen, seven digits; without one only where it is named. */
export const usEin = idNumber({
  id: 'us_ein',
  called: 'a US employer number',
  context: [
    'ein',
    'fein',
    'employer identification',
    'tax id',
    'federal tax',
    'tax identification',
    'taxpayer',
  ],
  forms: [
    { pattern: '\\d{2}-\\d{7}', score: POSSIBLE },
    { pattern: '\\d{9}', score: WEAK },
  ],
  found: ['EIN: ‹12-3456789›', 'Federal Tax ID ‹98-7654321›', 'fein ‹123456788›'],
  ignored: ['part 12-3456789 x', '12-34567890'],
});
