import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** NRIC/FIN: letter of the series, seven digits, check letter. */
export const sgNric = idNumber({
  id: 'sg_nric',
  called: 'a Singaporean identity number',
  context: ['nric', 'fin', 'singapore id'],
  forms: [
    { back: 1, pattern: '[STFGMstfgm]\\d{7}[A-Za-z]', score: LIKELY, valid: checked },
    { back: 1, pattern: '[A-Z]\\d{7}[A-Z]', score: POSSIBLE },
  ],
  found: ['‹S1234567D›', 'NRIC ‹S2740116C› was processed'],
  ignored: ['PA12348L', 'sku A1234567Z'],
});

function checked(compact: string): boolean {
  const series = compact.charAt(0);
  const start = series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0;
  const rest = (start + weighted(compact.slice(1), [2, 7, 6, 5, 4, 3, 2])) % 11;
  const letters = 'ST'.includes(series) ? 'JZIHGFEDCBA' : series === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK';
  return letters.charAt(series === 'M' ? 10 - rest : rest) === compact.charAt(8);
}
