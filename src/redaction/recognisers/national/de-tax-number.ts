import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Steuernummer: by state with slashes, or 13 digits of which the first two name the state. */
export const deTaxNumber = idNumber({
  id: 'de_tax_number',
  called: 'a German tax number',
  context: ['steuernummer', 'steuer-nr', 'st.-nr', 'st-nr', 'stnr', 'finanzamt', 'steuernr'],
  forms: [
    { pattern: '\\d{2,3}/\\d{3,4}/\\d{4,5}', score: POSSIBLE, valid: (digits) => digits.length >= 9 },
    { pattern: '(?:0[1-9]|1[0-6])\\d{11}', score: POSSIBLE },
  ],
  found: ['St.-Nr. ‹123/456/78901› bitte angeben.', '‹12/345/6789›', 'Steuernummer: ‹0981508150999›'],
  ignored: ['1781508150001', '0081508150001', 'order 12/345/6789'],
});
