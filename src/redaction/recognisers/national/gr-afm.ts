import { isRepeated, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ΑΦΜ: nine digits, weights 256 to 2, mod 11, mod 10. */
export const grAfm = idNumber({
  id: 'gr_afm',
  called: 'a Greek tax number',
  context: ['αφμ', 'afm', 'α.φ.μ'],
  forms: [{ pattern: '\\d{9}', score: POSSIBLE, valid: checked }],
  found: ['ΑΦΜ: ‹094259216›', 'afm ‹094259216›'],
  ignored: ['AFM 094259217', 'order 094259216'],
});

function checked(digits: string): boolean {
  const sum = weighted(digits, [256, 128, 64, 32, 16, 8, 4, 2]);
  return !isRepeated(digits) && (sum % 11) % 10 === Number(digits.charAt(8));
}
