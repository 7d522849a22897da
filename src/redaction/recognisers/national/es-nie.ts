import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** NIE: X, Y or Z for 0, 1 or 2, seven digits and the letter of their rest mod 23. */
export const esNie = idNumber({
  id: 'es_nie',
  called: 'a Spanish number of foreigners',
  context: ['nie', 'extranjero'],
  forms: [
    { back: 1, pattern: '[XYZxyz]-?\\d{7}-?[A-HJ-NP-TV-Za-hj-np-tv-z]', score: LIKELY, valid: checked },
    { back: 2, pattern: '[XYZxyz]-?\\d{7}-?[A-HJ-NP-TV-Za-hj-np-tv-z]', score: LIKELY, valid: checked },
  ],
  found: ['‹Z8078221M›', '‹Y8063915-Z›', '‹x9613851n›'],
  ignored: ['Y8063915Q', 'W8063915Q', 'Y806391Q'],
});

function checked(compact: string): boolean {
  const number = Number('XYZ'.indexOf(compact.charAt(0)) + compact.slice(1, 8));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(number % 23) === compact.charAt(8);
}
