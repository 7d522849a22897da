import { weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Seven digits, check letter mod 23, perhaps one more letter. */
export const iePps = idNumber({
  id: 'ie_pps',
  called: 'an Irish personal public service number',
  context: ['pps', 'ppsn', 'personal public service'],
  forms: [{ pattern: '\\d{7}[A-Wa-w][A-IWa-iw]?', score: LIKELY, valid: checked }],
  found: ['‹1234567T›', 'PPS ‹1234567FA›'],
  ignored: ['1234567A', 'order 1234567B'],
});

function checked(compact: string): boolean {
  const second = compact.charAt(8);
  const extra = second === '' || second === 'W' ? 0 : (second.charCodeAt(0) - 64) * 9;
  const sum = weighted(compact, [8, 7, 6, 5, 4, 3, 2]) + extra;
  return 'WABCDEFGHIJKLMNOPQRSTUV'.charAt(sum % 23) === compact.charAt(7);
}
