import { recogniser } from '../../recogniser.ts';
import { isBelowAddress } from './street-end.ts';

/** Postcodes: British and Canadian ones by their form, others by what stands before them. */
export const postalCode = recogniser({
  id: 'postal_code',
  group: 'pii',
  called: 'a postcode',
  forms: [
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: ['zip', 'post', 'plz', 'code postal', 'código postal', 'cap'],
      },
      pattern:
        '(?<![A-Za-z])(?:[zZ]ip|ZIP|[pP]ost(?:al)?|POSTAL|PLZ|[cC]ode postal|[cC]ódigo postal)(?:[ _-]?(?:[cC]ode|CODE))?["\']?(?:\\s{0,2}(?:[:=]|is|was))?\\s{0,3}["\']?(?:\\d{5}-\\d{4}|\\d{4,6}|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|[A-Z]\\d[A-Z] ?\\d[A-Z]\\d)(?!\\w)',
      check: (value) => {
        const [code = ''] =
          /(?:\d{4,6}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)$/.exec(value) ??
          [];
        return code !== '' && [value.length - code.length, value.length];
      },
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: '(?<=[\\n >\\t])(?:\\d{2}-\\d{3}|\\d{3} \\d{2}|\\d{3,6})(?![\\w.,-])',
      check: (_, before) => isBelowAddress(before),
    },
    ...[1, 2].map((back) => ({
      anchor: { kind: 'digits' as const, back },
      pattern:
        '(?<![\\w-])(?:[A-Z]{1,2}\\d[A-Z\\d]? \\d[ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY]\\d[A-Z] \\d[A-Z]\\d)(?![\\w-])',
      check: (value: string, before: string) => !/^[A9 ]*$/.test(value) && !/e\.g\.,? $/.test(before),
    })),
  ],
  examples: {
    found: [
      'my zip code is ‹35350›',
      'London ‹SW1A 1AA›',
      'Ottawa ‹K1A 0B1›',
      'PLZ: ‹10115›',
      '12 Oak Street\nSpringfield\n‹62704›',
    ],
    ignored: ['zip file 12345', '12345', 'post 12', 'A9 9AA (e.g., M1 1AA)'],
  },
});
