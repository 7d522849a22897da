import { idNumber } from '../id-number.ts';

/** NIR: sex, year, month, place of birth, order, and 97 minus the rest mod 97. */
export const frNir = idNumber({
  id: 'fr_nir',
  called: 'a French social security number',
  context: ['nir', 'sécurité sociale'],
  forms: [
    {
      pattern: '[12378] ?\\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?(?:\\d{2}|2[ABab]) ?\\d{3} ?\\d{3} ?\\d{2}',
      valid: checked,
    },
  ],
  found: ['‹1 85 05 78 006 084 91›', 'NIR ‹185057800608491›', '‹2 95 10 2A 006 084 60›'],
  ignored: ['185057800608436', '985057800608491'],
});

function checked(compact: string): boolean {
  const digits = compact.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return Number(compact.slice(13)) === 97 - (Number(digits) % 97);
}
