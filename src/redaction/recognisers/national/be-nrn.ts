import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth, serial number, 97 minus the rest mod 97; from 2000 on with a 2 before. */
export const beNrn = idNumber({
  id: 'be_nrn',
  called: 'a Belgian national number',
  context: [
    'rijksregisternummer',
    'rijksregister',
    'registre national',
    'numéro national',
    'nrn',
    'insz',
    'niss',
  ],
  forms: [
    { pattern: '\\d{2}\\.\\d{2}\\.\\d{2}-\\d{3}\\.\\d{2}', valid: checked },
    { pattern: '\\d{11}|\\d{6}-\\d{3}-\\d{2}', score: POSSIBLE, valid: checked },
  ],
  found: ['‹85.07.30-033.28›', 'rijksregisternummer ‹85073003328›'],
  ignored: ['85.07.30-033.29', 'order 85073003328'],
});

function checked(digits: string): boolean {
  const number = Number(digits.slice(0, 9));
  const check = Number(digits.slice(9));
  const known = check === 97 - (number % 97) || check === 97 - ((2_000_000_000 + number) % 97);
  return known && Number(digits.slice(2, 4)) <= 12;
}
