import { verhoeff } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** UIDAI: twelve digits from 2 on, Verhoeff digit. */
export const inAadhaar = idNumber({
  id: 'in_aadhaar',
  called: 'an Indian Aadhaar number',
  context: ['aadhaar', 'aadhar', 'uidai', 'uid'],
  forms: [
    { pattern: '[2-9]\\d{3}(?: \\d{4} |-\\d{4}-|:\\d{4}:)\\d{4}', score: LIKELY, valid: verhoeff },
    { pattern: '[2-9]\\d{11}', score: POSSIBLE, valid: verhoeff },
  ],
  found: ['‹3123 4567 8909›', 'My Aadhaar number is ‹400123456787› with'],
  ignored: ['1234 5678 9012', '3123 4567 8908', 'order 312345678909'],
});
