import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Area code of three letters, three digits, two letters. */
export const ngVehicleRegistration = idNumber({
  id: 'ng_vehicle_registration',
  called: 'a Nigerian license plate',
  context: ['plate', 'plates', 'plate number', 'vehicle', 'registration'],
  forms: [
    { back: 3, pattern: '[A-Za-z]{3}[ -]?\\d{3}[A-Za-z]{2}', score: POSSIBLE },
    { back: 4, pattern: '[A-Za-z]{3}[ -]?\\d{3}[A-Za-z]{2}', score: POSSIBLE },
  ],
  found: ['The plate number is ‹ABJ-123XY› for this vehicle', '‹app-456cv›'],
  ignored: ['AB-1234CD', 'see ABJ-123XY there'],
});
