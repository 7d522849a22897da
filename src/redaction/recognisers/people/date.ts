import { isDay } from '../../checksums.ts';
import { type Anchor, recogniser } from '../../recogniser.ts';

/** The names of months, short and long, in English, German, French, Spanish. */
export const MONTH =
  '(?:[jJ]an(?:uary|uar|vier)?|JAN|[fF]eb(?:ruary|ruar)?|FEB|[mM]ar(?:ch|zo|s)?|MAR|[mM]ärz|[aA]pr(?:il)?|APR|[mM]a[yi]|MAY|[jJ]un[ei]?|JUN|[jJ]ul[yi]?|JUL|[aA]ug(?:ust)?|AUG|[sS]ept?(?:ember)?|SEP|[oO]ct(?:ober)?|OCT|[oO]kt(?:ober)?|[nN]ov(?:ember)?|NOV|[dD]e[cz](?:ember)?|DEC)';
const CLOCK = '(?:[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}:\\d{2})?)';
const BEFORE = '(?<![\\w/]|\\w[.-]|[#$€£])';
const AFTER = '(?![\\w/]|[.-]\\w)';
const DIGITS: Anchor = { kind: 'digits', back: 0 };

/** The forms of dates, in figures and with the name of the month. */
export const DATES = [
  `\\d{4}-\\d{1,2}-\\d{1,2}${CLOCK}?`,
  '\\d{1,2}(?:/\\d{1,2}/|-\\d{1,2}-|\\.\\d{1,2}\\.)(?:\\d{4}|\\d{2})',
  `\\d{1,2}(?:st|nd|rd|th|\\.)?[ -](?:of )?${MONTH}(?:\\.?,?[ -]\\d{4})?`,
  `\\d{4}/\\d{2}/\\d{2}`,
];
export const MONTH_FIRST = `${MONTH}\\.?(?: \\d{1,2}(?:st|nd|rd|th)?(?:, ?\\d{4}| \\d{4})?|-\\d{1,4})`;

/** A day, with or without the time. */
export const date = recogniser({
  id: 'date',
  group: 'quasi_identifier',
  called: 'a date',
  forms: [
    { anchor: DIGITS, pattern: `${BEFORE}(?:${DATES.join('|')})${AFTER}`, check: isDate },
    {
      anchor: DIGITS,
      pattern: `(?<![\\w/.,=+*-]|[\\w)] )\\d{1,2}/(?:\\d{4}|\\d{1,2})(?![\\w/.]|[ -]\\d)`,
      check: isDate,
    },
    {
      anchor: DIGITS,
      pattern: `(?<=(?:is|on|by)[ ,])\\d{1,2}/(?:\\d{4}|\\d{1,2})(?![\\w/.]|[ -]\\d)`,
      check: isDate,
    },
    {
      anchor: {
        kind: 'text',
        texts: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
      },
      pattern: '(?<!\\w)(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?!\\w)',
    },
    { anchor: DIGITS, pattern: '(?<=(?:in|of) )(?:19|20)\\d{2}(?![\\w-]|[.,]\\d)' },
    { anchor: DIGITS, pattern: '(?<=\\Wa )(?:19|20)\\d{2}(?= [A-Z][a-z])' },
    {
      anchor: { kind: 'word', first: '[JFMASOND]' },
      pattern: `(?<![\\w])${MONTH_FIRST}${AFTER}`,
    },
  ],
  examples: {
    found: [
      'on ‹2024-03-15T14:30:00.123456Z› or',
      'Today is ‹21.5.2021›',
      '‹5-MAY-2021›',
      'since ‹9/15/1946›.',
      'on ‹March 3rd, 1999›',
      'by ‹21 May 2020›',
    ],
    ignored: ['1.2.3', '2021-15-40', 'v12/13', 'May I', '99/99/9999', 'is2024-06-05'],
  },
});

/** Whether the figures can be a day of some year; names of months are taken at their word. */
export function isDate(value: string): boolean {
  const figures = value.replace(/[T ]\d{2}:.*$/, '').split(/[/.-]/);
  const [a = '', b = '', c] = figures;
  if (/[A-Za-z]/.test(a + b)) return true;
  if (c === undefined) return b.length === 4 ? Number(a) >= 1 && Number(a) <= 12 : isDay(a, b);
  if (a.length === 4) return isDay(b, c) && Number(a) > 1000 && Number(a) < 2200;
  return isDay(a, b) || isDay(b, a);
}
