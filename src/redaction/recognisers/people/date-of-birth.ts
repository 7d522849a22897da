import { recogniser } from '../../recogniser.ts';
import { DATES, isDate, MONTH_FIRST } from './date.ts';

const LABEL =
  '(?:[dD]ate[ _-]?[oO]f[ _-]?[bB]irth|DATE OF BIRTH|[dD]\\.?[oO]\\.?[bB]\\.?|D\\.?O\\.?B\\.?|[bB]irth[ _-]?[dD]a(?:te|y)|[bB]orn|[gG]eboren|[gG]eburtsdatum|[gG]eb\\.|[nN]acid[oa]|[fF]echa de nacimiento|[nN]ée? le|[dD]ate de naissance|[nN]at[oa] il|[dD]ata di nascita|[gG]eboortedatum)';

/** A date that somebody was born on: known by what stands before it. */
export const dateOfBirth = recogniser({
  id: 'date_of_birth',
  group: 'pii',
  called: 'a date of birth',
  forms: [
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: [
          'date',
          'dob',
          'd.o.b',
          'birth',
          'born',
          'gebor',
          'geb',
          'nacid',
          'fecha',
          'née',
          'né',
          'nat',
          'data',
        ],
      },
      pattern: `(?<![A-Za-z])${LABEL}["']?\\s{0,2}(?:[:=]|is|was|on|am|el)?\\s{0,3}(?:on )?["']?(?:${[...DATES, MONTH_FIRST].join('|')})(?!\\w)`,
      check: (value) => {
        const start = value.search(/(?:\d{1,4}[-/. ]|\d{1,2}(?:st|nd|rd|th)|[JFMASOND][a-zä]{2,8}\.?[ -]\d)/);
        return start >= 0 && isDate(value.slice(start)) && [start, value.length];
      },
    },
  ],
  examples: {
    found: [
      'DOB: ‹1948-08-18›\n',
      '"dob": "‹1966-06-22›"',
      'born on ‹March 3, 1980›',
      'Geburtsdatum: ‹03.04.1975›',
      'geboren am ‹3. März 1975›',
      'date of birth ‹12/05/1990›',
    ],
    ignored: ['born to run', 'dob: 1999-99-99', 'date: 2020-01-01'],
  },
});
