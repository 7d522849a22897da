import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** KVNR, § 290 SGB V: the letter as two digits, alternating weights, mod 10. */
export const deHealthInsurance = idNumber({
  id: 'de_health_insurance',
  called: 'a German health insurance number',
  context: [
    'kvnr',
    'krankenkasse',
    'versichertennummer',
    'krankenversichertennummer',
    'egk',
    'egk-nummer',
    'versicherten-nr',
    'gesundheitskarte',
  ],
  forms: [{ back: 1, pattern: '[A-Za-z]\\d{9}', score: POSSIBLE, valid: checked }],
  found: ['Krankenkasse KVNR: ‹A123456780›', '‹Z000000005›'],
  ignored: ['A123456787', '1123456780', 'A12345678', 'id A1234567801'],
});

function checked(compact: string): boolean {
  const digits = String(compact.charCodeAt(0) - 64).padStart(2, '0') + compact.slice(1, 9);
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const product = Number(digits.charAt(at)) * (1 + (at % 2));
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === Number(compact.charAt(9));
}
