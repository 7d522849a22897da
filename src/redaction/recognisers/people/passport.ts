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
      'Паспорт',
      'passaporte',
      'paszport',
      'pasaport',
      'paspor',
      '旅券',
      '护照',
    ],
    value:
      '[A-Za-z]{0,2}\\d{6,9}|[А-Я]{2}\\d{6}|\\d{2}[A-Z]{2}\\d{5}|\\d{2} ?\\d{2} \\d{6}|[CFGHJK][0-9CFGHJKLMNPRTVWXYZ]{8}',
    valid: (compact) => /\d.*\d.*\d/.test(compact),
  },
  forms: [],
  found: [
    'passport no. ‹X1234567›',
    'passeport ‹12AB34567›',
    'pasaporte: ‹AB123456›',
    'паспорт ‹4509 123456›',
    'passport no: ‹C01X00T47›',
  ],
  ignored: ['X1234567'],
});
