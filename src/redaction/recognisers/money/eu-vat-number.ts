import { mod11And10 } from '../../checksums.ts';
import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** The forms of VIES, of countries without a check here. */
const OTHERS =
  '(?:ATU\\d{8}|BE[01]\\d{9}|BG\\d{9,10}|CY\\d{8}[A-Z]|CZ\\d{8,10}|DK\\d{8}|EE\\d{9}|EL\\d{9}|ES[A-Z0-9]\\d{7}[A-Z0-9]|FI\\d{8}|FR[A-Z0-9]{2}\\d{9}|GB\\d{9}|HR\\d{11}|HU\\d{8}|IE\\d{7}[A-Z]{1,2}|IT\\d{11}|LT\\d{9}|LU\\d{8}|LV\\d{11}|MT\\d{8}|NL\\d{9}B\\d{2}|PL\\d{10}|PT\\d{9}|RO\\d{6,10}|SE\\d{12}|SI\\d{8}|SK\\d{10})';
/** § 27a UStG; written in one or in groups. */
const GERMAN = '[Dd][Ee][ .-]?[1-9]\\d{2}[ .-]?\\d{3}[ .-]?\\d{3}';

/** VIES: country and its form. */
export const euVatNumber = idNumber({
  id: 'eu_vat_number',
  called: 'a European VAT number',
  context: [
    'ust-idnr',
    'ust-id',
    'umsatzsteuer-id',
    'vat',
    'vat number',
    'vat id',
    'vat no',
    'umsatzsteuer',
    'tva',
    'btw',
    'iva',
    'nif',
    'p.iva',
  ],
  forms: [
    ...[2, 3, 4].map((back) => ({ back, pattern: OTHERS, score: LIKELY })),
    ...[2, 3].map((back) => ({ back, pattern: GERMAN, score: LIKELY, valid: germanChecked })),
  ],
  found: ['USt-IdNr.: ‹DE136695976›', '‹DE-136-695-976›', '‹ATU13585627›', '‹NL004495445B01›'],
  ignored: ['XX136695976', 'DE13669597', 'DE123456789'],
});

/** ISO 7064 mod 11,10. */
function germanChecked(compact: string): boolean {
  return mod11And10(compact.slice(2));
}
