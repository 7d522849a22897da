import { CAPITALISED_WORDS, plain } from '../../names/words.ts';
import { maxLength, parsePattern } from '../../pattern.ts';
import { type Anchor, type Checked, type Form, recogniser } from '../../recogniser.ts';
import { remembered } from '../../repeats.ts';
import { addressEnd, isBehindCountry } from './street-end.ts';
import {
  CAPITALS,
  ENDS,
  FRENCH_KIND,
  KIND,
  LETTERS,
  MIDDLE,
  MORPHEME,
  POST,
  PREFIX,
  PREFIXES,
  RARE_KIND,
  STREET_WORDS,
  UNIT,
  UNIT_NAME,
  WORD,
} from './street-parts.ts';

const C = CAPITALS;
const L = LETTERS;
const BEFORE = `(?<![\\w${L}]|[\\w.,:/][-.,:/])`;
/** A number, or the two that stand for house and flat, or from one to another. */
const NUMBER = '(?:\\d{1,5}[ /-])?\\d{1,5}[A-Za-z]?';
const HOUSE = '(?:,? (?:n[º°o]\\.? ?|No\\. ?|#)?| )\\d{1,4}(?:[/-]\\d{1,3})?[A-Za-z]?';

const WORDS: Anchor = { kind: 'word', first: `[${C}]` };
const UNITS: Anchor = {
  kind: 'text',
  ignoreCase: true,
  texts: ['apt', 'suite', 'ste', 'unit', 'floor', 'flat', 'apartment', 'room', 'studio', 'shop', 'level'],
};
/** What may follow number and street, and no more than a pattern may be long. */
const REST_CHARS = 80;
const PATTERN_CHARS = 127;

/** What a pattern may have taken for a word of the street's name. */
const UNIT_BEGINS = new RegExp(`,? (?=${UNIT_NAME}(?![\\w${L}]))`);

/** Number and street. */
interface Street {
  readonly head: string;
  /** Whether it is none after all. */
  readonly no?: (head: string, before: string) => boolean;
  /** Only with a flat, a town or a postcode behind it. */
  readonly unsure?: true;
}

/**
 * Number and street, and whatever of flat, town, region, postcode and country is behind them. Streets that begin alike
 * are one form: it is tried at every number.
 */
function address(anchor: Anchor, ...streets: readonly Street[]): Form {
  const all = `(?:${streets.map(({ head }) => head).join('|')})`;
  const starts = streets.map(({ head }) => new RegExp(`^${head}${ENDS}`));
  const chars = Math.min(REST_CHARS, PATTERN_CHARS - maxLength(parsePattern(all).node));
  const rest = `(?:[,.\\s/][${L}\\d ,.'\u2019()>#º°ª\\n/-]{1,${chars - 2}}(?![\\w${L}:@])|${ENDS})`;
  return {
    anchor,
    pattern: `${BEFORE}${all}${ENDS}${rest}`,
    check: remembered((value, before): Checked => {
      let end = 0;
      for (const [at, { no, unsure }] of streets.entries()) {
        const head = starts[at]?.exec(value)?.[0].split(UNIT_BEGINS, 1)[0] ?? '';
        if (head === '' || no?.(head, before) === true) continue;
        const last = addressEnd(value, head.length, startsLine(before));
        if (unsure === undefined || last > head.length) end = Math.max(end, last);
      }
      return end > 0 && [0, end];
    }),
  };
}

/** Nothing but the number of a house may stand before it in its line. */
function startsLine(before: string): boolean {
  return /(?:^|\n)[> \t\d/-]*$/.test(before);
}

const MONTHS = /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** Before the number of a standard. */
const STANDARD = /\b(?:ISO|IEC|RFC|DIN|EN|IEEE|FIPS|NIST)[ -/]?$/;

const NO_NAME = /^[\d /-]+[A-Za-z]? (?:The|A|This|Our|My|Your|His|Her)\b/;

function isNoStreet(head: string): boolean {
  return NO_NAME.test(head) || MONTHS.test(head);
}

/** Where somebody lives: number and street with what names a street, post boxes, and town and postcode with them. */
export const streetAddress = recogniser({
  id: 'street_address',
  group: 'pii',
  called: 'a street address',
  forms: [
    address(
      { kind: 'digits', back: 0 },
      {
        head: `${NUMBER} (?:${WORD} ){1,3}${KIND}(?:\\.? (?:[NSEW]|[NS][EW]|North|South|East|West)${ENDS})?`,
        no: isNoStreet,
      },
      { head: `${NUMBER} (?:${WORD} ){1,2}${RARE_KIND}`, no: isNoStreet, unsure: true },
      { head: '\\d{1,5}[A-Za-z]? (?:Broadway|Strand|Piccadilly|Whitehall)' },
      {
        head: '\\d{1,5} (?:[NSEW]\\.? )?(?:County Road|State Route|State Road|Highway|Hwy|Route|Rte|US|FM|CR|SR)[ -]\\d{1,4}',
        unsure: true,
      },
      {
        head: `\\d{1,4}(?: bis| ter|[A-Z])?,? ${FRENCH_KIND} (?:${WORD} |d[eu] |des |d['\u2019]|l['\u2019]){0,3}${WORD}`,
      },
      { head: `${NUMBER} [${C}][${L}]{1,14}${MORPHEME}(?: \\d{1,4})?\\.?` },
      {
        head: `\\d{3,5} (?:${WORD} ){1,2}\\d{1,3}`,
        no: (head, before) => MONTHS.test(head) || STANDARD.test(before),
      },
      { head: `\\d{1,5} (?:${WORD} ){1,3}\\d{1,4}(?=\\.?${UNIT})` },
      { head: `${NUMBER} (?:${WORD}|[${L}]{3,11}) (?:[${L}]{3,11} )?${MIDDLE}(?: \\d{1,4})?\\.?` },
      { head: `${NUMBER} ${PREFIX} (?:${WORD} ){0,2}${WORD}(?: \\d{1,4})?` },
      { head: `\\d{1,3}-\\d{1,2}(?:-\\d{1,3})? [${C}][a-z]{2,14}(?:-cho|-machi)?`, unsure: true },
    ),
    address(
      { kind: 'text', texts: PREFIXES.map((each) => `${each} `) },
      { head: `${PREFIX} (?:${WORD} ){0,2}${WORD}${HOUSE}` },
    ),
    address(WORDS, {
      head: `[${C}][${L}.-]{2,18} (?:${STREET_WORDS.map((each) => each.replace('.', '\\.')).join('|')}) \\d{1,4}[a-z]?`,
    }),
    address(WORDS, { head: `[${C}][${L}-]{2,18}${MORPHEME} \\d{1,4}[a-z]?` }),
    address(
      {
        kind: 'text',
        texts: [
          'Am ',
          'Im ',
          'An de',
          'Auf de',
          'In de',
          'Zum ',
          'Zur ',
          'Unter de',
          'Beim ',
          'Hinter de',
          'Vor de',
        ],
      },
      {
        head: `(?:Am|Im|Zum|Zur|Beim|(?:An|Auf|In|Unter|Hinter|Vor) de[rnm]) (?:[${C}][${L}-]{2,14} ){1,2}\\d{1,3}[a-z]?`,
        unsure: true,
      },
    ),
    address(UNITS, {
      head: `${UNIT_NAME}\\.? ?#?\\w{1,4},? (?:${WORD} ){0,2}\\d{1,5}[A-Za-z]? (?:${WORD} ){1,2}${KIND}`,
    }),
    address(
      {
        kind: 'text',
        texts: [
          'P.O. Box ',
          'PO Box ',
          'P.O.Box ',
          'Post Office Box ',
          'Postfach ',
          'po box ',
          'Postbus ',
          'Apartado ',
          'Casilla ',
          'Boîte Postale ',
          'BP ',
          'GPO Box ',
        ],
      },
      {
        head: `(?:P\\.O\\. ?Box|G?P[oO] Box|po box|Post Office Box|Postfach|Postbus|Apartado|Casilla|Boîte Postale|BP) \\d{1,6}(?: \\d{2})?`,
      },
    ),
    {
      anchor: { kind: 'text', texts: ['unit ', 'psc '], ignoreCase: true },
      pattern:
        '(?<!\\w)(?:[uU](?:nit|NIT)|PSC|psc) \\d{3,5},? [bB]ox \\d{3,5}(?:,?\\s{1,2}[DFAdfa][Pp][Oo],? [Aa][AEPaep] \\d{5})?',
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<=[${L})] )\\d{4,6}(?![\\w.,-])`,
      check: (_, before) => isBehindCountry(before),
    },
    {
      anchor: { kind: 'text', texts: ['USS ', 'USNS ', 'USNV ', 'USCGC ', 'HMS '] },
      pattern: `(?<!\\w)(?:USS|USNS|USNV|USCGC|HMS) [${C}][${L}'-]{1,20},?\\s{1,2}[FAD]PO,? A[AEP] \\d{5}(?!\\d)`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${BEFORE}\\d{1,5} (?:${WORD} ){0,2}${WORD}(?: \\d{1,4})?\\.?${UNIT}?(?:\\n ?|, )[${C}][${L}'.-]{1,18}\\s?,\\s{0,2}(?:[A-Z]{2}|nan)${POST}`,
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
      'a ‹Rua Igreja 25, Porto›',
      '‹P.O. Box 1234›',
      'at ‹12 Rue Victor Hugo›',
      'to ‹5533 119 Countess Close\n Suite 868\n Seatoun\n New Zealand›',
      'to ‹704 1436 Redbud Drive\nCite Essanaouber\n, 32\n 60810›. It',
      'at ‹518 Árpád fejedelem útja 62.›',
      'at the corner of ‹Bygget 64 and Komel Club›',
      'in ‹Lindenallee 47a, 50968 Köln›.',
      'to ‹Flat 3, 28 Abbotsford Road, Bristol BS6 6ER› until',
      'in ‹Calle de la Luna 23, 3º B, 28004 Madrid› con',
      'Jo\n‹12 Oak Street›\nSpringfield\n',
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
