import { idNumber } from '../id-number.ts';

/** Codice fiscale, DM 23/12/1976: consonants, date and place of birth, check letter; letters may stand for digits. */
export const itFiscalCode = idNumber({
  id: 'it_fiscal_code',
  called: 'an Italian fiscal code',
  context: ['codice fiscale'],
  forms: [
    {
      back: 6,
      pattern:
        '[A-Za-z]{6}[0-9LMNP-Vlmnp-v]{2}[ABCDEHLMPRSTabcdehlmprst][0-9LMNP-Vlmnp-v]{2}[A-Za-z][0-9LMNP-Vlmnp-v]{3}[A-Za-z]',
      valid: checked,
    },
  ],
  found: ['‹RSSMRA85T10A562S›', 'CF ‹rssmra85t10a562s›'],
  ignored: ['RSSMRA85T10A562T', 'RSSMRA85T10A562'],
});

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function checked(compact: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const code = compact.charCodeAt(at);
    const value = code < 65 ? code - 48 : code - 65;
    sum += at % 2 === 0 ? (ODD[value] as number) : value;
  }
  return sum % 26 === compact.charCodeAt(15) - 65;
}
