import { isRepeated, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { grouped, idNumber } from '../id-number.ts';

/** Ten digits, the last a check digit (weights 10 to 2, mod 11). */
export const ukNhs = idNumber({
  id: 'uk_nhs',
  called: 'a UK NHS number',
  context: ['nhs', 'nhs number', 'nhs no', 'national health service', 'health services', 'patient'],
  forms: [{ pattern: grouped([3, 3, 4]), score: POSSIBLE, valid: checked }],
  found: ['‹401-023-2137›', 'NHS number ‹943 476 5919›'],
  ignored: ['401-023-2138', 'order 4010232137'],
});

function checked(digits: string): boolean {
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return !isRepeated(digits) && check % 11 === Number(digits.charAt(9));
}
