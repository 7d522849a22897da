import { weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Eleven digits, the first less one, mod 89. */
export const auAbn = idNumber({
  id: 'au_abn',
  called: 'an Australian business number',
  context: ['abn', 'business number'],
  forms: [{ pattern: '[1-9](?:\\d{10}|\\d \\d{3} \\d{3} \\d{3})', score: LIKELY, valid: checked }],
  found: ['ABN ‹51 824 753 556›', '‹51824753556›'],
  ignored: ['52 824 753 556', '5282475355632'],
});

function checked(digits: string): boolean {
  return (weighted(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0;
}
