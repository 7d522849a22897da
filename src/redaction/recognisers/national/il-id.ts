import { isRepeated, luhn } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Mispar zehut: nine digits with a Luhn digit. */
export const ilId = idNumber({
  id: 'il_id',
  called: 'an Israeli identity number',
  context: ['ת.ז', 'ת"ז', 'תעודת זהות', 'teudat zehut', 'israeli id', 'mispar zehut'],
  forms: [
    { pattern: '\\d{9}|\\d{8}-\\d', score: POSSIBLE, valid: (digits) => luhn(digits) && !isRepeated(digits) },
  ],
  found: ['ת.ז. ‹123456782›', 'teudat zehut ‹12345678-2›'],
  ignored: ['teudat zehut 123456781', 'order 123456782'],
});
