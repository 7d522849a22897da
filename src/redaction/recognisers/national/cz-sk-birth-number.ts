import { isDay } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Rodné číslo: date of birth (month + 50 for women), serial number, divisible by 11. */
export const czSkBirthNumber = idNumber({
  id: 'cz_sk_birth_number',
  called: 'a Czech or Slovak birth number',
  context: ['rodné číslo', 'rodne cislo', 'birth number', 'rč'],
  forms: [
    { pattern: '\\d{6}/\\d{4}', score: LIKELY, valid: checked },
    { pattern: '\\d{10}', score: POSSIBLE, valid: checked },
  ],
  found: ['‹736028/5163›', 'rodné číslo ‹7360285163›'],
  ignored: ['736028/5164', 'order 7360285163'],
});

function checked(digits: string): boolean {
  const month = (Number(digits.slice(2, 4)) % 50) % 20;
  return Number(digits) % 11 === 0 && isDay(month, digits.slice(4, 6));
}
