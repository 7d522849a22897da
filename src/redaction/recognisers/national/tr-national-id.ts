import { weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** T.C. kimlik no: eleven digits, two check digits. */
export const trNationalId = idNumber({
  id: 'tr_national_id',
  called: 'a Turkish national id',
  context: ['tckn', 'kimlik', 'turkish id', 't.c'],
  forms: [{ pattern: '[1-9]\\d{10}', score: LIKELY, valid: checked }],
  found: ['TC Kimlik No: ‹10000000146›', '‹76543210794›'],
  ignored: ['10000000145', '00000000000', '12345678900'],
});

function checked(digits: string): boolean {
  const odd = weighted(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === Number(digits.charAt(9)) && (odd + even + tenth) % 10 === Number(digits.charAt(10));
}
