import { isRepeated, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ABA: Federal Reserve district and weights 3, 7, 1, mod 10. */
export const usRoutingNumber = idNumber({
  id: 'us_routing_number',
  called: 'a US bank routing number',
  context: ['routing', 'routing number', 'aba', 'rtn', 'bank'],
  forms: [
    {
      pattern:
        '(?:0\\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\\d{7}|(?:0\\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\\d{2}-\\d{4}-\\d',
      score: POSSIBLE,
      valid: checked,
    },
  ],
  found: ['routing number ‹121000358›', '‹3222-7162-7›'],
  ignored: ['routing 421042111', '1234-0000-0', 'order 121042882'],
});

function checked(digits: string): boolean {
  return weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 && !isRepeated(digits);
}
