import { isRepeated, weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** CNPJ: fourteen digits, two check digits mod 11. */
export const brCnpj = idNumber({
  id: 'br_cnpj',
  called: 'a Brazilian company number',
  context: ['cnpj'],
  forms: [
    { pattern: '\\d{2}\\.\\d{3}\\.\\d{3}/\\d{4}-\\d{2}', valid: checked },
    { pattern: '\\d{14}', score: LIKELY, valid: checked },
  ],
  found: ['‹11.222.333/0001-81›', 'CNPJ ‹11222333000181›'],
  ignored: ['11.222.333/0001-82', 'order 11222333000181'],
});

function checked(digits: string): boolean {
  const weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
  const check = (at: number): boolean => {
    const rest = weighted(digits, weights.slice(13 - at)) % 11;
    return Number(digits.charAt(at)) === (rest < 2 ? 0 : 11 - rest);
  };
  return !isRepeated(digits) && check(12) && check(13);
}
