import { weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** DEA: two letters, seven digits, check digit; K and nine digits as test data has it. */
export const usDea = idNumber({
  id: 'us_dea',
  called: 'a US prescriber number',
  context: ['dea', 'certificate'],
  forms: [
    { back: 2, pattern: '[ABCDEFGHJKLMPRSTUX][A-Z9]\\d{7}', score: LIKELY, valid: checked },
    { back: 1, pattern: '[ABCDEFGHJKLMPRSTUX][A-Z9]\\d{7}', score: LIKELY, valid: checked },
  ],
  found: ['my certificate number is: ‹BB1388568›', '‹GL0285191› ‹EU4488929›'],
  ignored: ['The DEA number is BG8207031'],
});

function checked(compact: string): boolean {
  const digits = compact.slice(2);
  return weighted(digits, [1, 2, 1, 2, 1, 2]) % 10 === Number(digits.charAt(6));
}
