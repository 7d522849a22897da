import { GIVEN_NAMES } from '../../names/given-names.ts';
import { recogniser } from '../../recogniser.ts';
import { DATES, isDate, MONTH, MONTH_FIRST } from './date.ts';

const LABEL =
  '(?:[dD]ate[ _-]?[oO]f[ _-]?[bB]irth|DATE OF BIRTH|[dD]\\.?[oO]\\.?[bB]\\.?|D\\.?O\\.?B\\.?|[bB]irth[ _-]?[dD]a(?:te|y)|BDAY|[bB]orn|[gG]eboren|[gG]eburtsdatum|[gG]eb\\.|[nN]acid[oa]|[fF]echa de nacimiento|[nN]ée? le|[dD]ate de naissance|[nN]at[oa] il|[dD]ata di nascita|[gG]eboortedatum|[gG]eboren op|[dD]ata urodzenia|[uU]rodzon[ya]|[dD]ata de nascimento|[nN]ascid[oa]|[fF]ødt|[fF]ødselsdato|[fF]ödd|[fF]ödelsedatum|[sS]yntynyt|[sS]yntymäaika|[dD]atum narození|[nN]arozen[aý]?|[dD]oğum [tT]arihi|[tT]anggal [lL]ahir|[дД]ата рождения|生年月日|出生日期|생년월일)';

/** Beside the forms of all dates: year first with dots, with a comma before the year, in signs. */
const BIRTH_DATES = [
  '\\d{4}\\.\\d{1,2}\\.\\d{1,2}',
  `\\d{1,2}(?:st|nd|rd|th) of ${MONTH}, \\d{4}`,
  '\\d{4}年\\d{1,2}月\\d{1,2}日',
];

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
          'urodzon',
          'nascid',
          'fød',
          'född',
          'föde',
          'synty',
          'datum',
          'naroz',
          'doğum',
          'дата рож',
          'bday',
          'tanggal',
          '生年',
          '出生',
          '생년',
        ],
      },
      pattern: `(?<![A-Za-z])${LABEL}["']?(?: in [A-Z][A-Za-z]{2,15},?)?\\s{0,2}(?:[:=>：]|is|was|on|am|el|em|den|value=)?\\s{0,3}(?:on )?(?:the )?["']?(?:${[...BIRTH_DATES, ...DATES, MONTH_FIRST].join('|')})(?!\\w)`,
      check: (value) => {
        const start = value.search(
          /(?:\d{1,4}[-/. 年]|\d{1,2}(?:st|nd|rd|th)|[JFMASOND][a-zä]{2,8}\.?[ -]\d)/,
        );
        const written = value
          .slice(start)
          .replace(/(?<=\d)[.年月](?=\d)/g, '-')
          .replace(/日$|,/g, '');
        return start >= 0 && (isDate(value.slice(start)) || isDate(written)) && [start, value.length];
      },
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern:
        '(?<=[,;|\\t"\' ])(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}/\\d{1,2}/\\d{4}|\\d{2}\\.\\d{2}\\.\\d{4})(?![\\w/]|[-.T ]\\d)',
      check: bornInRow,
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
      'born in Galway on ‹12 March 1949›.',
      'Data de nascimento: ‹12/03/1949›',
      'Födelsedatum ‹1949-03-12›',
      'DOB ‹1985.07.14› / Seoul',
      '<birthDate value="‹1966-11-02›"/>',
      'BDAY:‹1979-12-25›',
      'was born on the ‹4th of July, 1976›.',
      '生年月日：‹1990年5月3日›',
      '생년월일: ‹1990.05.03›',
      'ann@example.org,"7170 Walnut Terrace, Oakland, CA 36870",‹1980-03-19›\n',
      '| Erin Caldwell | ‹1982-01-15› |',
    ],
    ignored: [
      'ann@example.org,2024-01-02',
      'version,1980-01-02',
      'born to run',
      'dob: 1999-99-99',
      'date: 2020-01-01',
    ],
  },
});

/** Before a cell or a field: an address that ends with a postcode, an e-mail address, a number of a phone or of a person. */
const DATUM =
  /(?:(?:^|[\s,;|"'])[\w.+-]{1,30}@[\w-]{1,30}\.[\w.]{2,12}|[A-Z]{2} \d{5}|\d{3}-\d{2}-\d{4}|\d{3}[ .-]?\d{4})["']? {0,2}[,;|\t] {0,2}["']?$/;
/** Or somebody's name, known by given name, in a cell of a table. */
const NAME_CELL = /[|,;\t] {0,2}"?([A-Z][a-z]+) [A-Z][\w'-]+"? {0,2}[|,;\t] {0,2}"?$/;

/** In a row of a table, a day of the lifetime of grown-up people beside what else is known of one. */
function bornInRow(value: string, before: string): boolean {
  const year = Number(/\d{4}/.exec(value)?.[0]);
  if (year < 1915 || year > 2012 || !isDate(value)) return false;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const [, given = ''] = NAME_CELL.exec(line) ?? [];
  return DATUM.test(line) || GIVEN_NAMES.has(given.toLowerCase());
}
