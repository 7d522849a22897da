import { isDay } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Rentenversicherungsnummer (VSNR): area, date of birth, letter, serial number, check digit. */
export const deSocialSecurity = idNumber({
  id: 'de_social_security',
  called: 'a German pension insurance number',
  context: ['rentenversicherung', 'rentenversicherungsnummer', 'sozialversicherungsnummer', 'vsnr', 'rvnr'],
  forms: [{ pattern: '\\d{2} ?\\d{6} ?[A-Z] ?\\d{3}', score: LIKELY, valid: checked }],
  found: ['‹15070649C103›', 'Rentenversicherungsnummer ‹15 070649 C 103›'],
  ignored: ['15070649C104', '15079949C103'],
});

const WEIGHTS = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];

function checked(compact: string): boolean {
  const letter = String(compact.charCodeAt(8) - 64).padStart(2, '0');
  const digits = compact.slice(0, 8) + letter + compact.slice(9, 11);
  const sum = WEIGHTS.reduce((total, weight, at) => {
    const product = weight * Number(digits.charAt(at));
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return isDay(compact.slice(4, 6), compact.slice(2, 4)) && sum % 10 === Number(compact.charAt(11));
}
