import { isDay, luhn } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Date of birth (day + 60 for coordination numbers), serial number, Luhn digit over the last ten. */
export const sePersonnummer = idNumber({
  id: 'se_personnummer',
  called: 'a Swedish personal identity number',
  context: ['personnummer', 'pnr', 'personal identity', 'samordningsnummer', 'identity code', 'id code'],
  notInside: '(?<![\\d.]|\\d-)',
  forms: [
    { pattern: '(?:18|19|20)?\\d{6}[-+]\\d{4}', score: LIKELY, valid: checked },
    { pattern: '(?:18|19|20)?\\d{10}', score: POSSIBLE, valid: checked },
  ],
  found: ['‹871220-2384›', '‹199109242397› är mitt pnr.', "Here's my personnummer ‹200109022392›."],
  ignored: ['19000309-3393', '19001309-2393', '871220-2385', 'order 8712202384'],
});

function checked(digits: string): boolean {
  const ten = digits.slice(-10);
  const day = Number(ten.slice(4, 6));
  return isDay(ten.slice(2, 4), day > 60 ? day - 60 : day) && luhn(ten);
}
