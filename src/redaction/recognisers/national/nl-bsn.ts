import { isRepeated, weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** BSN: nine digits, weights 9 to 2 and −1, mod 11. */
export const nlBsn = idNumber({
  id: 'nl_bsn',
  called: 'a Dutch citizen service number',
  context: ['bsn', 'burgerservicenummer', 'sofinummer', 'sofi'],
  forms: [
    { pattern: '\\d{9}|\\d{4}\\.\\d{2}\\.\\d{3}|\\d{3} \\d{3} \\d{3}', score: POSSIBLE, valid: checked },
  ],
  found: ['BSN ‹111222333›', 'burgerservicenummer: ‹123456782›'],
  ignored: ['BSN 123456781', '123456782 items sold'],
});

function checked(digits: string): boolean {
  const sum = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]);
  return sum % 11 === 0 && !isRepeated(digits);
}
