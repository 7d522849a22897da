import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** MBI: eleven characters of a fixed form, letters without S, L, O, I, B, Z. */
export const usMbi = idNumber({
  id: 'us_mbi',
  called: 'a US Medicare number',
  context: ['mbi', 'medicare'],
  forms: [
    {
      pattern:
        '[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d(?:-[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d-|[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\\d)[AC-HJKMNP-RT-Y]{2}\\d{2}',
      score: LIKELY,
    },
  ],
  found: ['‹1EG4-TE5-MK73›', 'MBI ‹1EG4TE5MK73›'],
  ignored: ['1SG4-TE5-MK73', '0EG4TE5MK73'],
});
