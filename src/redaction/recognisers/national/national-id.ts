import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Of any country: known by its prefix or by what is written beside it. */
export const nationalId = idNumber({
  id: 'national_id',
  called: 'the number of an identity card',
  labelled: {
    labels: [
      'national id',
      'national identification',
      'national identity',
      'nationalid',
      'national_id',
      'identity card',
      'identity document',
      'id card',
      'citizen id',
      'personal id',
      'nid',
      'dni',
      'cédula',
      'cedula',
      'ausweisnummer',
      'personalausweis',
      "carte d'identité",
      "carta d'identità",
      'documento de identidad',
    ],
    value: '[A-Z]{0,3}[ -]?\\d{2,8}(?:[ .-]?\\d{2,8}){0,3}[A-Z]?|[A-Z]{1,3}\\d{3,8}[A-Z0-9]{1,8}',
    valid: (compact) => compact.length >= 6 && compact.length <= 18,
  },
  forms: [{ anchor: { kind: 'text', texts: ['NID-'] }, pattern: 'NID-\\d{6,12}', score: LIKELY }],
  found: [
    'national ID: ‹4821-7730-19›',
    'identity card no. ‹AB123456›',
    '‹NID-900185815›',
    '"national_id": "‹85-1047-2231›"',
  ],
  ignored: ['NID-12', 'id card holder', 'national id 12'],
});
