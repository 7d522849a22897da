import { mod11And10 } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Identifikationsnummer, § 139b AO: ISO 7064 mod 11,10, no digit more than three times. */
export const deTaxId = idNumber({
  id: 'de_tax_id',
  called: 'a German tax id',
  context: [
    'steuer-id',
    'steuer id',
    'steueridentifikationsnummer',
    'steuer-identifikationsnummer',
    'idnr',
    'identifikationsnummer',
    'tin',
    'tax id',
  ],
  forms: [{ pattern: '[1-9](?:\\d{10}|\\d \\d{3} \\d{3} \\d{3})', score: POSSIBLE, valid: checked }],
  found: ['Meine Steuer-ID: ‹12345678903›.', '‹98765432106›', 'IdNr. ‹86 095 742 719›'],
  ignored: ['12345678901', '11111111111', '02345678903', 'order 12345678903'],
});

function checked(digits: string): boolean {
  const first = digits.slice(0, 10);
  return mod11And10(digits) && ![...first].some((digit) => first.split(digit).length > 4);
}
