import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Province 01 to 81, one to three letters, two to four digits. */
export const trLicensePlate = idNumber({
  id: 'tr_license_plate',
  called: 'a Turkish license plate',
  context: ['plaka', 'plakası', 'plakalı', 'license plate', 'plate'],
  forms: [{ pattern: '(?:0[1-9]|[1-7]\\d|8[01])(?: [A-Za-z]{1,3} |[A-Za-z]{1,3})\\d{2,4}', score: POSSIBLE }],
  found: ['Plaka ‹34 ABC 1234› ve ‹06 JK 567›', '‹34abc1234›'],
  ignored: ['82 ABC 123', 'the 34 ABC 1234 model'],
});
