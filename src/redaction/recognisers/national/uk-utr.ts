import { weighted } from '../../checksums.ts';
import { WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Ten digits, the first a check digit over the others. */
export const ukUtr = idNumber({
  id: 'uk_utr',
  called: 'a UK taxpayer reference',
  context: ['utr', 'taxpayer reference', 'unique taxpayer', 'self assessment', 'hmrc'],
  forms: [{ pattern: '\\d{10}|\\d{5} \\d{5}', score: WEAK, valid: checked }],
  found: ['UTR: ‹1955839661›', 'unique taxpayer reference ‹19558 39661›'],
  ignored: ['1955839661', 'UTR 1955839662'],
});

const CHECKS = '21987654321';

function checked(digits: string): boolean {
  return CHECKS.charAt(weighted(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11) === digits.charAt(0);
}
