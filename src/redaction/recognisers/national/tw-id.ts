import { weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** A letter for the place, sex, seven digits, check digit. */
export const twId = idNumber({
  id: 'tw_id',
  called: 'a Taiwanese identity number',
  context: ['身分證', 'national id'],
  forms: [{ back: 1, pattern: '[A-Za-z][1289]\\d{8}', score: LIKELY, valid: checked }],
  found: ['‹A123456789›', '身分證字號‹F131104093›'],
  ignored: ['A123456788', 'A323456789'],
});

function checked(compact: string): boolean {
  const place = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(compact.charAt(0)) + 10;
  const digits = `${place}${compact.slice(1)}`;
  return weighted(digits, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0;
}
