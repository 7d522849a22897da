import { idNumber } from '../id-number.ts';

/** Known by what is written beside it. */
export const licensePlate = idNumber({
  id: 'license_plate',
  called: 'a license plate',
  labelled: {
    labels: [
      'license plate',
      'licence plate',
      'number plate',
      'vehicle plate',
      'plates',
      'plate',
      'nummernschild',
      'kenteken',
      'targa',
      'placa',
      'tablica',
      'reg no',
      'kennzeichen',
      'registration',
      'reg',
      'matrícula',
      'immatriculation',
    ],
    value: '[A-Za-z0-9]{1,4}(?:[ -][A-Za-z0-9]{1,4}){1,2}|[A-Za-z0-9]{5,8}',
    valid: (compact) => /\d/.test(compact) && /[A-Z]/.test(compact) && compact.length >= 5,
  },
  forms: [],
  found: [
    'license plate: ‹7ABC123›',
    'Kennzeichen ‹B-AB 1234›',
    'number plate ‹AB12 CDE›',
    'plate ‹7ABC123› (CA)',
  ],
  ignored: ['the model 7ABC123', 'plate of steel'],
});
