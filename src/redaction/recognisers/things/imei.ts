import { luhn } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** IMEI: fifteen digits with a Luhn digit. */
export const imei = idNumber({
  id: 'imei',
  called: 'a device number',
  context: ['imei', 'device', 'handset'],
  forms: [
    { pattern: '\\d{2}-\\d{6}-\\d{6}-\\d|\\d{2} \\d{6} \\d{6} \\d', score: LIKELY, valid: luhn },
    { pattern: '\\d{15}', score: POSSIBLE, valid: luhn },
  ],
  found: ['IMEI: ‹490154203237518›', '‹35-209900-176148-1›'],
  ignored: ['IMEI 490154203237519', 'order 490154203237518'],
});
