import { weighted } from '../../checksums.ts';
import { idNumber } from '../id-number.ts';

/** AHV number: 756 and the check digit of an EAN-13. */
export const chAhv = idNumber({
  id: 'ch_ahv',
  called: 'a Swiss social insurance number',
  context: ['ahv', 'avs'],
  forms: [{ pattern: '756(?:\\d{10}|\\.\\d{4}\\.\\d{4}\\.\\d{2}| \\d{4} \\d{4} \\d{2})', valid: checked }],
  found: ['‹756.9217.0769.85›', 'AHV ‹7569217076985›'],
  ignored: ['756.9217.0769.84', '755.9217.0769.85'],
});

function checked(digits: string): boolean {
  return weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}
