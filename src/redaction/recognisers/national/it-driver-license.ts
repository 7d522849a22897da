import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** Two letters, seven digits and a letter; or U1, seven characters and a letter. */
export const itDriverLicense = idNumber({
  id: 'it_driver_license',
  called: 'an Italian driving licence number',
  context: ['patente', 'driving licence', 'driver license'],
  forms: [
    { back: 2, pattern: '[A-Za-z]{2}\\d{7}[A-Za-z]', score: LIKELY },
    { back: 1, pattern: '[Uu]1[BCDFGHLJKMNPRSTUVWYXZbcdfghljkmnprstuvwyxz0-9]{7}[A-Za-z]', score: LIKELY },
  ],
  found: ['‹AA0123456B›', 'patente ‹U1H00B000C›'],
  ignored: ['U1H00A000B', '990123456B'],
});
