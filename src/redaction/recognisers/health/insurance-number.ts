import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Known by its prefix or by what is written beside it. */
export const insuranceNumber = idNumber({
  id: 'insurance_number',
  called: 'an insurance number',
  labelled: {
    labels: [
      'policy',
      'insurance',
      'member',
      'subscriber',
      'versicherungsnummer',
      'health plan',
      'beneficiary',
      'medicaid',
      'krankenversicherung',
      'numéro d’adhérent',
    ],
    value: '[A-Za-z]{0,4}-?\\d{5,12}|[A-Za-z]{1,4}(?:-\\d{2,6}){2,4}',
  },
  forms: [
    {
      anchor: { kind: 'text', texts: ['POL-', 'INS-', 'MEM-', 'HIC-', 'SUB-', 'PLCY-'] },
      pattern: '(?:POL|INS|MEM|HIC|SUB|PLCY)-\\d{5,12}',
      score: LIKELY,
    },
  ],
  found: [
    'Policy: ‹POL-2651908›',
    'member ID ‹XYZ123456789›',
    'insurance number ‹123456789›',
    'policy # ‹XYZ-123-456-789›',
  ],
  ignored: ['POL-12', 'XYZ123456789'],
});
