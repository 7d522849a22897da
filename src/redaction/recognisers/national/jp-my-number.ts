import { weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { grouped, idNumber } from '../id-number.ts';

/** My Number: twelve digits, check digit mod 11. */
export const jpMyNumber = idNumber({
  id: 'jp_my_number',
  called: 'a Japanese individual number',
  context: ['my number', 'マイナンバー', '個人番号'],
  forms: [{ pattern: grouped([4, 4, 4]), score: POSSIBLE, valid: checked }],
  found: ['マイナンバー‹123456789018›', 'My Number: ‹1234 5678 9018›'],
  ignored: ['My Number 123456789019', 'order 123456789018'],
});

function checked(digits: string): boolean {
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return Number(digits.charAt(11)) === (rest < 2 ? 0 : 11 - rest);
}
