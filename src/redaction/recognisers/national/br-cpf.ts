import { isRepeated, weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** CPF: eleven digits, two check digits mod 11. */
export const brCpf = idNumber({
  id: 'br_cpf',
  called: 'a Brazilian taxpayer number',
  context: ['cpf'],
  forms: [
    { pattern: '\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}', valid: checked },
    { pattern: '\\d{11}|\\d{9}-\\d{2}', score: LIKELY, valid: checked },
  ],
  found: ['CPF ‹529.982.247-25›', '‹52998224725›'],
  ignored: ['529.982.247-26', '111.111.111-11', 'order 52998224725'],
});

function checked(digits: string): boolean {
  return !isRepeated(digits) && checksAt(digits, 9) && checksAt(digits, 10);
}

const WEIGHTS = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Whether the digit here checks those before it. */
function checksAt(digits: string, at: number): boolean {
  return ((weighted(digits, WEIGHTS.slice(10 - at)) * 10) % 11) % 10 === Number(digits.charAt(at));
}
