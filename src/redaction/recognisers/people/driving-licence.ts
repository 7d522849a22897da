import { idNumber } from '../id-number.ts';

/** Of any country: known by what is written beside it. */
export const drivingLicence = idNumber({
  id: 'driving_licence',
  called: 'a driving licence number',
  labelled: {
    labels: [
      'führerschein',
      'führerscheinnummer',
      'permis de conduire',
      'carnet de conducir',
      'permiso de conducir',
      'patente di guida',
      'rijbewijs',
      'prawo jazdy',
      'driving licence',
      'driver’s licence',
      "driver's licence",
      'licence number',
      'licence no',
      'carteira de motorista',
      'cnh',
      'körkort',
      'kørekort',
      'førerkort',
      'ajokortti',
    ],
    value:
      '[A-Za-z]{0,3}-?\\d{5,10}|\\d{2} ?\\d{2} ?\\d{4,8}(?: \\d{2})?|[A-Z]{2}\\d{2} ?\\d{11}|[A-Z]\\d{2}[A-Z0-9]{6}\\d',
  },
  forms: [],
  found: [
    'Führerschein ‹B07ARE2I55›',
    'permis de conduire: ‹12 34 567890›',
    'licence number ‹12345678› (NSW)',
    'driving licence ‹MH12 20110012345›',
  ],
  ignored: ['B07ARE2I55'],
});
