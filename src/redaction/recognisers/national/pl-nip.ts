import { weighted } from '../../checksums.ts';
import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** NIP: ten digits, weights 6, 5, 7, 2, 3, 4, 5, 6, 7, mod 11. */
export const plNip = idNumber({
  id: 'pl_nip',
  called: 'a Polish tax number',
  context: ['nip', 'numer identyfikacji podatkowej'],
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: '(?:PL)?\\d{10}|\\d{3}-\\d{3}-\\d{2}-\\d{2}|\\d{3}-\\d{2}-\\d{2}-\\d{3}',
      score: POSSIBLE,
      valid: checked,
    },
  ],
  found: ['NIP ‹526-000-12-46›', 'nip: ‹5260001246›'],
  ignored: ['NIP 5260001247', 'order 5260001246'],
});

function checked(digits: string): boolean {
  return weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(digits.charAt(9));
}
