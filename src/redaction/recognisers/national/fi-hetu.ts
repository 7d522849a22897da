import { isDay } from '../../checksums.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth, sign of the century, serial number, check character mod 31. */
export const fiHetu = idNumber({
  id: 'fi_hetu',
  called: 'a Finnish personal identity code',
  context: ['hetu', 'henkilötunnus'],
  notInside: '(?<![\\d.]|\\d-)',
  forms: [{ pattern: '\\d{6}[-+A-FU-Ya-fu-y]\\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]', valid: checked }],
  found: ['‹131052-308T›', '‹010594Y9032›'],
  ignored: ['111111-111A', '131052/308T', '012245A110G'],
});

/** The sign of the century is a separator where it is `-` or `+`, else a letter. */
function checked(compact: string): boolean {
  const number = Number(compact.slice(0, 6) + compact.slice(-4, -1));
  const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(number % 31);
  return check === compact.slice(-1) && isDay(compact.slice(2, 4), compact.slice(0, 2));
}
