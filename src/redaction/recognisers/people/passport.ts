import { idNumber } from '../id-number.ts';

/** Of any country: known by what is written beside it. */
export const passport = idNumber({
  id: 'passport',
  called: 'a passport number',
  labelled: {
    labels: [
      'passport',
      'passeport',
      'pasaporte',
      'passaporto',
      'paspoort',
      'reisepass',
      'passnummer',
      'паспорт',
      '旅券',
      '护照',
    ],
    value: '[A-Za-z]{0,2}\\d{6,9}|\\d{2}[A-Z]{2}\\d{5}',
  },
  forms: [],
  found: ['passport no. ‹X1234567›', 'passeport ‹12AB34567›', 'pasaporte: ‹AB123456›'],
  ignored: ['X1234567'],
});
