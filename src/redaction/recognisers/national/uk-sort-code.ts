import { WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Three pairs of digits: known by what is written beside it. */
export const ukSortCode = idNumber({
  id: 'uk_sort_code',
  called: 'a UK sort code',
  context: ['sort code', 'sortcode'],
  forms: [{ pattern: '\\d{2}-\\d{2}-\\d{2}|\\d{2} \\d{2} \\d{2}|\\d{6}', score: WEAK }],
  found: ['sort code ‹20-00-00›', 'Sort Code: ‹200000›'],
  ignored: ['20-00-00', 'the code 200000'],
});
