import { idNumber } from '../id-number.ts';

/** Nine digits, or a letter and eight: nothing tells it from other numbers but what is written beside it. */
export const usPassport = idNumber({
  id: 'us_passport',
  called: 'a US passport number',
  labelled: { labels: ['passport', 'travel document'], value: '[A-Za-z]?\\d{8,9}' },
  forms: [],
  found: ['US passport number ‹912803456›', 'passport: ‹A12803456›'],
  ignored: ['A12803456', '912803456'],
});
