import { isRepeated, luhn } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** NPI: Luhn digit over 80840 and the number. */
export const usNpi = idNumber({
  id: 'us_npi',
  called: 'a US provider number',
  context: ['npi', 'provider', 'provider identifier', 'national provider'],
  forms: [
    {
      pattern: '[12](?:\\d{9}|\\d{3}-\\d{3}-\\d{3}|\\d{3} \\d{3} \\d{3})',
      score: POSSIBLE,
      valid: (digits) => luhn(`80840${digits}`) && !isRepeated(digits.slice(0, 9)),
    },
  ],
  found: ['NPI: ‹1234567893›', '‹1234-567-893›'],
  ignored: ['0234567893', 'NPI 1234567890', 'order 1245319599', '1111111112'],
});
