import { isRepeated, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { grouped, idNumber } from '../id-number.ts';

/** Nine digits, weights 1, 4, 3, 7, 5, 8, 6, 9, 10, mod 11. */
export const auTfn = idNumber({
  id: 'au_tfn',
  called: 'an Australian tax file number',
  context: ['tfn', 'tax file'],
  forms: [
    {
      pattern: grouped([3, 3, 3]),
      score: POSSIBLE,
      valid: (digits) => weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isRepeated(digits),
    },
  ],
  found: ['TFN ‹876 543 210›', '‹876543210›'],
  ignored: ['TFN 824 753 557', 'order 876543210'],
});
