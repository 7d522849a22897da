import { CAPITALISED_WORDS, plain } from '../../names/words.ts';
import { recogniser } from '../../recogniser.ts';
import {
  CAPITALS,
  ENDS,
  KIND,
  LETTERS,
  MIDDLE,
  MORPHEME,
  PLACE,
  POST,
  PREFIX,
  PREFIXES,
  UNIT,
  UNIT_NAME,
  WORD,
} from './street-parts.ts';

const C = CAPITALS;
const L = LETTERS;
const HERE = `[, ]{1,2}[${C}][${L}'.()-]{1,11}(?![:\\w])`;
const TAIL = `(?:${UNIT}(?:(?:${PLACE}){0,2}${POST}|(?:${HERE}){1,2})?|(?:${PLACE}){0,2}${POST})?`;
/** A line or a part between commas: a town, a country. */
const PART = `(?:\\s?,\\s{0,2}|\\n{1,2}[> ]{0,4})[${C}][${L}'.()-]{1,12}(?: [${L}'.()-]{1,11}){0,2}`;
const BEFORE = '(?<![\\w.,:/-])';
/** A number, or the two that stand for house and flat. */
const NUMBER = '(?:\\d{2,5} )?\\d{1,5}[A-Za-z]?';

const MONTHS = /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** Before the number of a standard. */
const STANDARD = /\b(?:ISO|IEC|RFC|DIN|EN|IEEE|FIPS|NIST)[ -/]?$/;

/** Where somebody lives: number and street with what names a street, post boxes, and town and postcode behind them. */
export const streetAddress = recogniser({
  id: 'street_address',
  group: 'pii',
  called: 'a street address',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}${NUMBER} (?:${WORD} ){1,3}${KIND}${ENDS}${TAIL}`,
      check: (value) => !/^\d+ (?:The|A|This|Our|My)\b/.test(value),
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}\\d{1,5} [${C}][${L}]{1,14}${MORPHEME}(?: \\d{1,4})?${ENDS}${TAIL}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}\\d{1,5} (?:${WORD} ){1,3}\\d{1,4}\\.?${UNIT}(?:(?:${PLACE}){0,2}${POST}|(?:${PLACE}){1,3})?`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}\\d{3,5} (?:${WORD} ){1,2}\\d{1,3}${ENDS}${TAIL}`,
      check: (value, before) => !MONTHS.test(value) && !STANDARD.test(before),
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}\\d{1,5} (?:${WORD} ){0,2}${WORD}(?: \\d{1,4})?\\.?${UNIT}?(?:\\n ?|, )[${C}][${L}'.-]{1,18}\\s?,\\s{0,2}(?:[A-Z]{2}|nan)${POST}`,
    },
    {
      anchor: {
        kind: 'text',
        texts: PREFIXES.map((each) => `${each} `),
      },
      pattern: `(?<![\\w${L}])${PREFIX} (?:${WORD} ){1,3}\\d{1,4}${ENDS}${TAIL}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}\\d{1,5} ${PREFIX} (?:${WORD} ){0,2}${WORD}(?: \\d{1,4})?${ENDS}${TAIL}`,
    },
    {
      anchor: {
        kind: 'text',
        texts: ['P.O. Box ', 'PO Box ', 'P.O.Box ', 'Post Office Box ', 'Postfach ', 'po box ', 'Box '],
      },
      pattern: `(?<!\\w)(?:P\\.O\\. ?Box|P[oO] Box|po box|Post Office Box|Postfach) \\d{1,6}${ENDS}(?:(?:${PLACE}){0,2}${POST})?`,
    },
    {
      anchor: { kind: 'text', texts: ['unit ', 'psc '], ignoreCase: true },
      pattern:
        '(?<!\\w)(?:[uU](?:nit|NIT)|PSC|psc) \\d{3,5},? [bB]ox \\d{3,5}(?:,?\\s{1,2}[DFAdfa][Pp][Oo],? [Aa][AEPaep] \\d{5})?',
    },
    {
      anchor: {
        kind: 'inner',
        texts:
          'straße strasse str. gasse platz weg allee gatan vägen vej gade veien gaten katu utca straat laan plein'.split(
            ' ',
          ),
        before: `[${L}]`,
        max: 20,
      },
      pattern: `(?<![\\w${L}])[${C}][${L}]{2,18}${MORPHEME} \\d{1,4}[a-z]?${ENDS}(?:, \\d{4,5} [${C}][${L}-]{2,18})?`,
    },
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: ['apt', 'suite', 'ste', 'unit', 'floor', 'flat', 'apartment', 'room'],
      },
      pattern: `(?<!\\w)${UNIT_NAME}\\.? ?#?\\d{1,4}(?:${PART}){1,2}${POST}`,
    },
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: ['apt', 'suite', 'ste', 'unit', 'floor', 'flat', 'apartment', 'room'],
      },
      pattern: `(?<!\\w)${UNIT_NAME}\\.? ?#?\\d{2,4}(?:\\n{1,2}[> ]{1,4}[${C}][${L}'.()-]{1,15}(?: [${L}'.()-]{1,11}){0,2}){1,2}(?: \\d{4,5})?(?!\\w)`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}${NUMBER} (?:${WORD} ){1,2}(?:${KIND}|\\d{1,4}\\.?)(?:\\n|,\\s)[${C}][${L}'.-]{1,11}(?: [${L}'.-]{1,11}){0,2}${POST}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}${NUMBER} (?:${WORD} ){1,2}(?:${KIND}|\\d{1,4}\\.?)\\n[${C}][${L}'.-]{1,11}(?: [${L}'.-]{1,11}){0,2}\\n, (?:nan|[A-Z]{1,3}|\\d\\d?)\\n(?: [${C}][a-z]{1,12}){0,1} \\d{4,5}(?!\\w)`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}${NUMBER} (?:${WORD}|[${L}]{3,11}) (?:[${L}]{3,11} )?${MIDDLE}(?: \\d{1,4})?\\.?${TAIL}`,
    },
    {
      anchor: { kind: 'text', texts: ['USS ', 'USNS ', 'USNV ', 'USCGC ', 'HMS '] },
      pattern: `(?<!\\w)(?:USS|USNS|USNV|USCGC|HMS) [${C}][${L}'-]{1,20},?\\s{1,2}[FAD]PO,? A[AEP] \\d{5}(?!\\d)`,
    },
    {
      anchor: {
        kind: 'text',
        texts: [
          'corner of ',
          'side of ',
          ...['lives', 'live', 'living', 'located', 'is', 'enter', 'stop', 'off'].flatMap((verb) => [
            `${verb} at `,
            `${verb} on `,
          ]),
          'address is ',
        ],
      },
      pattern: `(?:(?:corner|side) of|(?:lives?|living|located|is|enter|stop|off) (?:at|on)|address is) (?:${WORD} ){1,3}\\d{1,4}(?: St\\.?)?(?:(?: and ${WORD})(?: ${WORD}){0,2})?(?![\\w:])`,
      check: (value) => {
        const start = value.search(/(?<=(?: of| at| on|ess is) )\S/);
        const [first = ''] = value.slice(start).split(' ', 1);
        return (
          !CAPITALISED_WORDS.has(plain(first)) &&
          !/^(?:de|da|do|du|la|\d)/.test(first) && [start, value.length]
        );
      },
    },
  ],
  canonical: (value) => value.toLowerCase().replace(/[\s,.]+/g, ' '),
  examples: {
    found: [
      'lives at ‹742 Evergreen Terrace›.',
      'Address: ‹1729 Willow Dr, Riverside, MA 68750›\n',
      'ship to ‹5670 Maple St Suite 696\nSpringfield, IL 62704›',
      '‹Unit 4526 Box 0671\nDPO AP 40902›',
      'wohnt ‹Hauptstraße 12, 10115 Berlin›',
      'a ‹Rua Igreja 25›, Porto',
      '‹P.O. Box 1234›',
      'at ‹12 Rue Victor Hugo›',
      'to ‹5533 119 Countess Close\n Suite 868\n Seatoun\n New Zealand›',
      'to ‹704 1436 Redbud Drive\nCite Essanaouber\n, 32\n 60810›. It',
      'at ‹518 Árpád fejedelem útja 62.›',
      'at the corner of ‹Bygget 64 and Komel Club›',
      'at ‹USS Mahler\nFPO AA 70489› after',
    ],
    ignored: [
      'in 5 Days',
      '3 Way Street party'.replace('Street', 'tie'),
      'step 2 The Way',
      'chapter 12 of Lane',
      'the note is on Page 12',
      '100 Dr',
    ],
  },
});
