import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Known by its prefix or by what is written beside it. */
export const medicalRecordNumber = idNumber({
  id: 'medical_record_number',
  called: 'a medical record number',
  labelled: {
    labels: ['mrn', 'medical record', 'patient', 'chart', 'hospital', 'patientennummer'],
    value: '[A-Za-z]{0,3}-?\\d{5,10}|\\d{2,4}-\\d{2,4}-\\d{2,4}',
  },
  forms: [
    {
      anchor: { kind: 'text', texts: ['mrn'], ignoreCase: true },
      pattern: '[Mm][Rr][Nn]-?\\d{5,10}',
      score: LIKELY,
    },
  ],
  found: ['MRN: ‹00123456›', '"mrn": "‹MRN-1027461›"', 'medical record number ‹H1234567›'],
  ignored: ['MRN-12', '00123456'],
});
