import { isDay, weighted } from '../../checksums.ts';
import { idNumber } from '../id-number.ts';

/** GB 11643: region, date of birth, serial number, check character mod 11-2. */
export const cnResidentId = idNumber({
  id: 'cn_resident_id',
  called: 'a Chinese resident id',
  context: ['身份证'],
  forms: [{ pattern: '[1-9]\\d{5}(?:18|19|20)\\d{9}[\\dXx]', valid: checked }],
  found: ['‹11010519491231002X›', '身份证号‹440524188001010014›'],
  ignored: ['110105194912310021', '11010519491331002X'],
});

function checked(compact: string): boolean {
  const sum = weighted(compact, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return (
    '10X98765432'.charAt(sum % 11) === compact.charAt(17) &&
    isDay(compact.slice(10, 12), compact.slice(12, 14))
  );
}
