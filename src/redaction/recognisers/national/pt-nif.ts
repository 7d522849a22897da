import { weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Nine digits, weights 9 to 2, mod 11. */
export const ptNif = idNumber({
  id: 'pt_nif',
  called: 'a Portuguese tax number',
  context: ['nif', 'contribuinte', 'número fiscal', 'numero fiscal'],
  forms: [{ pattern: `[1235689](?:\\d{8}|\\d{2} \\d{3} \\d{3})`, score: POSSIBLE, valid: checked }],
  found: ['NIF ‹123456789›', 'contribuinte: ‹510 123 457›'],
  ignored: ['NIF 123456788', 'order 123456789'],
});

function checked(digits: string): boolean {
  const rest = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return Number(digits.charAt(8)) === (rest < 2 ? 0 : 11 - rest);
}
