import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** HMRC manual NIM39110: prefixes that are not given, suffix A to D. */
export const ukNino = idNumber({
  id: 'uk_nino',
  called: 'a UK National Insurance number',
  context: ['nino', 'national insurance', 'ni number', 'insurance number'],
  forms: [
    {
      back: 2,
      pattern:
        '(?:[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z])(?:\\d{6}|\\d{2} \\d{2} \\d{2} ?)[A-Da-d]',
      score: LIKELY,
      valid: given,
    },
    {
      back: 3,
      pattern:
        '(?:[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z])[ -](?:\\d{6}|\\d{2}[ -]\\d{2}[ -]\\d{2})[ -]?[A-Da-d]',
      score: LIKELY,
      valid: given,
    },
  ],
  found: ['‹AA 12 34 56 B›', '‹tw987654a›', 'nino: ‹PR 123612C›'],
  ignored: ['BG123612A', 'nt 99 88 77 a', 'FQ 00 00 00 C', 'AA 12 34 56 H'],
});

function given(compact: string): boolean {
  return !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/.test(compact);
}
