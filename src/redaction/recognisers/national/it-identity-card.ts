import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Paper, electronic 2.0 and electronic 3.0: letters and digits without a check. */
export const itIdentityCard = idNumber({
  id: 'it_identity_card',
  called: 'an Italian identity card number',
  context: ["carta d'identità", 'carta di identità', 'identity card', 'carta identità', 'documento'],
  forms: [
    { back: 2, pattern: '[A-Za-z]{2} ?\\d{7}', score: POSSIBLE },
    { back: 3, pattern: '[A-Za-z]{2} ?\\d{7}', score: POSSIBLE },
    { pattern: '\\d{7}[A-Za-z]{2}', score: POSSIBLE },
    { back: 2, pattern: '[A-Za-z]{2}\\d{5}[A-Za-z]{2}', score: POSSIBLE },
  ],
  found: ["carta d'identità ‹AA1234567›", '‹1234567Aa›', '‹AA12345aa›'],
  ignored: ['AA123456', 'order AA1234567'],
});
