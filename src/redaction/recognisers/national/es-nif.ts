import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** DNI/NIF: eight digits and the letter of their rest mod 23. */
export const esNif = idNumber({
  id: 'es_nif',
  called: 'a Spanish tax number',
  context: ['nif', 'dni', 'documento', 'identidad'],
  forms: [{ pattern: '\\d{8}[ -]?[A-HJ-NP-TV-Za-hj-np-tv-z]', score: LIKELY, valid: checked }],
  found: ['‹12345678Z›', 'DNI ‹55555555-K›', 'nif ‹12345678-Z›'],
  ignored: ['12345678A', '1234567Z'],
});

function checked(compact: string): boolean {
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(compact.slice(0, 8)) % 23) === compact.charAt(8);
}
