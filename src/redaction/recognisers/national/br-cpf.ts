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
  const check = (count: number): boolean => {
    const weights = Array.from({ length: count }, (_, at) => count + 1 - at);
    return ((weighted(digits, weights) * 10) % 11) % 10 === Number(digits.charAt(count));
  };
  return !isRepeated(digits) && check(9) && check(10);
}
