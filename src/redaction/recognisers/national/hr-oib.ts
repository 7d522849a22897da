import { mod11And10 } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** OIB: eleven digits, ISO 7064 mod 11,10. */
export const hrOib = idNumber({
  id: 'hr_oib',
  called: 'a Croatian personal number',
  context: ['oib'],
  forms: [{ pattern: '\\d{11}', score: POSSIBLE, valid: mod11And10 }],
  found: ['OIB: ‹33392005961›'],
  ignored: ['OIB 33392005962', 'order 33392005961'],
});
