import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** IRS: 9, and a fourth and fifth digit from 50 to 65, 70 to 88, 90 to 92 or 94 to 99. */
export const usItin = idNumber({
  id: 'us_itin',
  called: 'a US individual taxpayer number',
  context: ['itin', 'taxpayer', 'tax id', 'individual taxpayer'],
  forms: [
    {
      pattern:
        '9\\d{2}(?:-(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])-| (?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9]) )\\d{4}',
      score: LIKELY,
    },
    {
      pattern: '9\\d{2}-(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])\\d{4}',
      score: LIKELY,
    },
    // nine figures of a US postcode are written so, too
    { pattern: '9\\d{2}(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])-\\d{4}', score: POSSIBLE },
    { pattern: '9\\d{2}(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])\\d{4}', score: POSSIBLE },
  ],
  found: ['‹911-70-1234›', 'ITIN ‹911701234›', '‹911-701234›'],
  ignored: ['911-89-1234', 'Springfield 91170-1234 is', 'order 911701234', '811-70-1234'],
});
