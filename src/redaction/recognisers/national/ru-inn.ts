import { weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ИНН: ten digits with one check digit, twelve with two. */
export const ruInn = idNumber({
  id: 'ru_inn',
  called: 'a Russian tax number',
  context: ['инн', 'inn'],
  forms: [{ pattern: '\\d{10}|\\d{12}', score: POSSIBLE, valid: checked }],
  found: ['ИНН ‹7707083893›', 'inn: ‹500100732259›'],
  ignored: ['INN 7707083894', 'order 7707083893'],
});

function checked(digits: string): boolean {
  const check = (weights: readonly number[], at: number): boolean =>
    (weighted(digits, weights) % 11) % 10 === Number(digits.charAt(at));
  if (digits.length === 10) return check([2, 4, 10, 3, 5, 9, 4, 6, 8], 9);
  return check([7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 10) && check([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 11);
}
