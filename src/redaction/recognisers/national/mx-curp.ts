import { isDay } from '../../checksums.ts';
import { idNumber } from '../id-number.ts';

/** CURP: letters of the name, date of birth, sex, state, consonants, check digit. */
export const mxCurp = idNumber({
  id: 'mx_curp',
  called: 'a Mexican population code',
  context: ['curp'],
  forms: [
    {
      back: 4,
      pattern: '[A-Z][AEIOUX][A-Z]{2}\\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]\\d',
      valid: (compact) => isDay(compact.slice(6, 8), compact.slice(8, 10)),
    },
  ],
  found: ['‹BADD110313HCMLNS09›'],
  ignored: ['BADD111313HCMLNS09', 'XBADD110313HCMLNS09'],
});
