import { isDay } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** NIK: district, date of birth (day + 40 for women), serial number. */
export const idNik = idNumber({
  id: 'id_nik',
  called: 'an Indonesian identity number',
  context: ['nik', 'ktp', 'nomor induk'],
  forms: [{ pattern: '[1-9]\\d{15}', score: POSSIBLE, valid: dated }],
  found: ['NIK: ‹3171010101900001›'],
  ignored: ['NIK 3171019913900001', 'order 3171010101900001'],
});

function dated(digits: string): boolean {
  const day = Number(digits.slice(6, 8));
  return isDay(digits.slice(8, 10), day > 40 ? day - 40 : day) && !digits.endsWith('0000');
}
