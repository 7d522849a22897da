import { idNumber } from '../id-number.ts';

/** State, PAN, entity, Z, check character. */
export const inGstin = idNumber({
  id: 'in_gstin',
  called: 'an Indian goods and services tax number',
  context: ['gstin'],
  forms: [{ pattern: '(?:0[1-9]|[12]\\d|3[0-7])[A-Z]{5}\\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]' }],
  found: ['‹27ABCDE1234F1Z5›', 'GSTINs: ‹27ABCDE1234F1Z5› and ‹07PQRST6789K1Z2›'],
  ignored: ['27ABCDE1234F1Z', '00ABCDE1234F1Z5', '27ABCDE1234F1Y5'],
});
