import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** СНИЛС: nine digits, weights 9 to 1, mod 101. */
export const ruSnils = idNumber({
  id: 'ru_snils',
  called: 'a Russian pension insurance number',
  context: ['снилс', 'snils'],
  forms: [
    { pattern: '\\d{3}-\\d{3}-\\d{3}[ -]\\d{2}', score: LIKELY, valid: checked },
    { pattern: '\\d{11}', score: POSSIBLE, valid: checked },
  ],
  found: ['‹112-233-445 95›', 'СНИЛС ‹11223344595›'],
  ignored: ['112-233-445 96', 'order 11223344595'],
});

function checked(digits: string): boolean {
  const sum = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  return (sum === 100 ? 0 : sum) === Number(digits.slice(9));
}
