import { isRepeated, luhn } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Nine digits, not from 0 or 8 on, with a Luhn digit. */
export const caSin = idNumber({
  id: 'ca_sin',
  called: 'a Canadian social insurance number',
  context: ['sin', 'nas', 'social insurance', 'assurance sociale'],
  forms: [
    {
      pattern: '[1-79]\\d{2}(?: \\d{3} |-\\d{3}-|\\d{3})\\d{3}',
      score: POSSIBLE,
      valid: (digits) => luhn(digits) && !isRepeated(digits),
    },
  ],
  found: ['my SIN is ‹130-692-544›', '‹435 418 165›', 'mon NAS: ‹258 933 688›'],
  ignored: ['130 692 545', '046 454 286', '046-454 286', 'order 130692544'],
});
