import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Five letters (the fourth the kind of holder), four digits, a letter. */
export const inPan = idNumber({
  id: 'in_pan',
  called: 'an Indian permanent account number',
  context: ['pan', 'permanent account', 'income tax'],
  forms: [
    { back: 5, pattern: '[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]', score: LIKELY },
    { back: 5, pattern: '[A-Za-z]{5}\\d{4}[A-Za-z]', score: POSSIBLE },
  ],
  found: ['My PAN number is ‹ABBPM4567S› with', '‹ABCPD1234Z›'],
  ignored: ['ABCD1234', 'sku ABCND1234Z'],
});
