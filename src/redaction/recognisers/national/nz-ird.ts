import { weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Eight or nine digits, weights 3, 2, 7, 6, 5, 4, 3, 2, mod 11, with second weights. */
export const nzIrd = idNumber({
  id: 'nz_ird',
  called: 'a New Zealand tax number',
  context: ['ird', 'inland revenue'],
  forms: [{ pattern: '\\d{2,3}-\\d{3}-\\d{3}|\\d{8,9}', score: POSSIBLE, valid: checked }],
  found: ['IRD ‹49-091-850›', 'ird number: ‹136410132›'],
  ignored: ['IRD 49-091-851', 'order 49091850'],
});

function checked(written: string): boolean {
  const digits = written.padStart(9, '0');
  const number = Number(digits);
  if (number < 10_000_000 || number > 150_000_000) return false;
  const check = (weights: readonly number[]): number => (11 - (weighted(digits, weights) % 11)) % 11;
  const first = check([3, 2, 7, 6, 5, 4, 3, 2]);
  return (first === 10 ? check([7, 4, 3, 2, 5, 2, 7, 6]) : first) === Number(digits.charAt(8));
}
