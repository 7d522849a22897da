import { recogniser } from '../../recogniser.ts';

const L = 'A-Za-z\\u00c0-\\u024f\\u1e00-\\u1eff';
const C = 'A-Z\\u00c0-\\u00de\\u0100-\\u024f';
const WORD = `(?:[${C}][${L}'\\u2019.-]{0,10}|de|da|do|la|van|von|der|\\d{1,2}(?:st|nd|rd|th))`;
const KIND =
  '(?:[sS]treet|[sS]t|[aA]venue|[aA]ve|[rR]oad|[rR]d|[bB]oulevard|[bB]lvd|[lL]ane|[lL]n|[dD]rive|[dD]r|[cC]ourt|[cC]t|[pP]lace|[pP]l|[sS]quare|[sS]q|[wW]ay|[pP]arkway|[pP]kwy|[tT]errace|[tT]er|[cC]ircle|[cC]ir|[hH]ighway|[hH]wy|[tT]rail|[tT]rl|[aA]lley|[cC]lose|[cC]rescent|[mM]ews|[gG]rove|[gG]ardens|[hH]ill|[rR]ow|[wW]alk|[lL]oop|[pP]ike)';
const MORPHEME =
  '(?:stra(?:ß|ss)e|str\\.|gasse|platz|weg|allee|damm|ring|gatan|vägen|väg|gata|vej|gade|veien|vei|gaten|katu|tie|utca|út|straat|laan|plein|ulica|ul\\.)';
const UNIT = '(?:[,\\s]{1,2}(?:Apt|Suite|Ste|Unit|Floor|Flat|Apartment|Room)\\.? ?#?\\w{1,4})';
const PLACE = `[,\\s]{1,4}[${C}][${L}'.()-]{1,11}`;
const POST = '[,\\s]{1,3}(?:nan,? ?)?\\d{4,5}';
const TAIL = `${UNIT}?(?:(?:${PLACE}){0,2}${POST})?`;
const ENDS = `(?![\\w${L}])`;
const PREFIX =
  '(?:Rua|Rue|Via|Viale|Piazza|Calle|Avenida|Av\\.|Avenue|Plaza|Paseo|Strada|Ulica|ul\\.|Quadra|Largo|Corso|Camino|Carrera|Boulevard|Chemin|Place|R)';

const MONTHS = /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** Where somebody lives: number and street with what names a street, post boxes, and town and postcode behind them. */
export const streetAddress = recogniser({
  id: 'street_address',
  group: 'pii',
  called: 'a street address',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,:/-])(?:\\d{2,5} )?\\d{1,5}[A-Za-z]? (?:${WORD} ){1,3}${KIND}${ENDS}${TAIL}`,
      check: (value) => !/^\d+ (?:The|A|This|Our|My)\b/.test(value),
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,:/-])\\d{1,5} [${C}][${L}]{1,14}${MORPHEME}(?: \\d{1,4})?${ENDS}${TAIL}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,:/-])\\d{1,5} (?:${WORD} ){1,3}\\d{1,4}\\.?${UNIT}(?:(?:${PLACE}){0,3}${POST}|(?:${PLACE}){1,3})?`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,:/-])\\d{3,5} (?:${WORD} ){1,2}\\d{1,3}${ENDS}${TAIL}`,
      check: (value) => !MONTHS.test(value),
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,:/-])\\d{1,5} (?:${WORD} ){0,2}${WORD}(?: \\d{1,4})?\\.?${UNIT}?(?:\\n ?|, )[${C}][${L}'.-]{1,18}\\s?,\\s{0,2}(?:[A-Z]{2}|nan)${POST}`,
    },
    {
      anchor: {
        kind: 'text',
        texts: [
          'Rua ',
          'Rue ',
          'Via ',
          'Viale ',
          'Piazza ',
          'Calle ',
          'Avenida ',
          'Av. ',
          'Avenue ',
          'Plaza ',
          'Paseo ',
          'Strada ',
          'Ulica ',
          'ul. ',
          'Quadra ',
          'Largo ',
          'Corso ',
          'Camino ',
          'Carrera ',
          'Boulevard ',
          'Chemin ',
          'Place ',
        ],
      },
      pattern: `(?<![\\w${L}])${PREFIX} (?:${WORD} ){1,3}\\d{1,4}${ENDS}${TAIL}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `(?<![\\w.,:/-])\\d{1,5} ${PREFIX} (?:${WORD} ){0,2}${WORD}(?: \\d{1,4})?${ENDS}${TAIL}`,
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
    ],
    ignored: [
      'in 5 Days',
      '3 Way Street party'.replace('Street', 'tie'),
      'step 2 The Way',
      'chapter 12 of Lane',
      '100 Dr',
    ],
  },
});
