import { luhn } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ITU-T E.118: 89, country, issuer, Luhn digit. */
export const iccid = idNumber({
  id: 'iccid',
  called: 'a SIM card number',
  context: ['iccid', 'sim'],
  forms: [
    { pattern: '89\\d{17}', score: LIKELY, valid: luhn },
    { pattern: '89\\d{18}', score: LIKELY, valid: luhn },
  ],
  found: ['ICCID ‹8944110068256270054›'],
  ignored: ['8944110068256270055'],
});
