import { isRepeated } from '../../checksums.ts';
import { idNumber } from '../id-number.ts';

/** Seven to twenty digits: known by what is written beside them. */
export const bankAccount = idNumber({
  id: 'bank_account',
  called: 'a bank account number',
  labelled: {
    labels: [
      'account',
      'acct',
      'bank account',
      'a/c',
      'kontonummer',
      'konto-nr',
      'konto',
      'numéro de compte',
      'número de cuenta',
      'cuenta',
      'rekeningnummer',
      'clabe',
      'bvn',
      'compte bancaire',
      'numero conto',
      'número de conta',
      'conta corrente',
      'rachunek',
    ],
    value: '\\d{7,20}|\\d{3,6}[ -]\\d{3,8}(?:[ -]\\d{2,6})?',
    valid: (digits) => digits.length >= 7 && !isRepeated(digits),
  },
  forms: [],
  found: [
    'account number: ‹12345678901›',
    'Acct No. ‹1234-567890›',
    'Kontonummer ‹1234567890›',
    'CLABE ‹032180000118359719›',
  ],
  ignored: ['the number 12345678901', 'account 1234'],
});
