import { isDay, weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Serial number, check digit (weights 3, 7, 9, 5, 8, 4, 2, 1, 6, mod 11), date of birth. */
export const atSvnr = idNumber({
  id: 'at_svnr',
  called: 'an Austrian social insurance number',
  context: ['svnr', 'sv-nummer', 'sozialversicherungsnummer', 'versicherungsnummer'],
  forms: [
    { pattern: '[1-9]\\d{3} \\d{6}', score: LIKELY, valid: checked },
    { pattern: '[1-9]\\d{9}', score: POSSIBLE, valid: checked },
  ],
  found: ['SVNR ‹1237 010180›', '‹1237010180›'],
  ignored: ['1238 010180', '1237 019980', 'order 1237010180'],
});

function checked(digits: string): boolean {
  const sum = weighted(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
  return isDay(digits.slice(6, 8), digits.slice(4, 6)) && sum === Number(digits.charAt(3));
}
