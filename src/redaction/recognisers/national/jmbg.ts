import { isDay, weighted } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** JMBG, EMŠO: date of birth, region, serial number, check digit mod 11. */
export const jmbg = idNumber({
  id: 'jmbg',
  called: 'a personal number of former Yugoslavia',
  context: ['jmbg', 'emšo', 'emso', 'matični broj'],
  forms: [{ pattern: '\\d{13}', score: LIKELY, valid: checked }],
  found: ['‹0101006500006›', 'EMŠO ‹0101006500006›'],
  ignored: ['0101006500007', '9901006500006'],
});

function checked(digits: string): boolean {
  const rest = weighted(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  const check = rest === 0 ? 0 : 11 - rest;
  return check === Number(digits.charAt(12)) && isDay(digits.slice(2, 4), digits.slice(0, 2));
}
