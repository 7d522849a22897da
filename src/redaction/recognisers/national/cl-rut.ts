import { weighted } from '../../checksums.ts';
import { LIKELY, POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** RUT: seven or eight digits, check character mod 11. */
export const clRut = idNumber({
  id: 'cl_rut',
  called: 'a Chilean tax number',
  context: ['rut', 'run', 'rol único'],
  forms: [
    { pattern: '\\d{1,2}\\.\\d{3}\\.\\d{3}-[0-9Kk]', score: LIKELY, valid: checked },
    { pattern: '\\d{7,8}-[0-9Kk]', score: POSSIBLE, valid: checked },
  ],
  found: ['RUT ‹12.345.678-5›', 'rut: ‹12345678-5›'],
  ignored: ['12.345.678-6', 'order 12345678-5'],
});

function checked(compact: string): boolean {
  const digits = compact.slice(0, -1).padStart(8, '0');
  const check = (11 - (weighted(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return (check === 10 ? 'K' : String(check)) === compact.slice(-1);
}
