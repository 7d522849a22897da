import { type Checked, digitsOf, endOfDigits, LIKELY, POSSIBLE, recogniser, WEAK } from '../../recogniser.ts';

const EXTENSION = '(?: ?(?:x|ext\\.?) ?\\d{1,5})?';
const NOT_INSIDE = '(?<![\\w+]|\\w[.-]|[#$€£]|\\d[,/:])';
const ENDS = '(?!\\w|[.-]\\d)';
const CALLED =
  /\b(?:phone|tel|telephone|telefon|tél|mobile|mobil|cell|handy|fax|call|dial|whatsapp|sms|text|reach)\b\.?[^.;\n]{0,24}$/i;

/** Before the number of a subscriber without that of the place. */
const LOCAL =
  /\b(?:call|dial|ring|reach|answering|text)\b[^.;\n\d]{0,16} (?:on|at) $|\b(?:phone|tel|telephone|mobile|fax)\b(?:[^.;\n\d]{0,16}[:.#])? ?$/i;

/** E.164 numbers and the national forms of North America and of countries with a trunk `0`. */
export const phone = recogniser({
  id: 'phone',
  group: 'pii',
  called: 'a phone number',
  forms: [
    {
      anchor: { kind: 'text', texts: ['+'] },
      pattern: `(?<![\\w+])\\+[1-9](?:[ .()/-]{0,2}\\d){6,14}${EXTENSION}(?!\\d)`,
      check: international,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}00[1-9](?:[ .()/-]{0,2}\\d){7,13}${EXTENSION}(?!\\w)`,
      check: (value, before) => /[ .()/-]/.test(value) || CALLED.test(before),
    },
    {
      anchor: { kind: 'text', texts: ['('] },
      pattern: `(?<![\\w)])\\([2-9]\\d{2}\\) ?[ .-]?\\d{3}[ .-]\\d{4}${EXTENSION}${ENDS}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}(?:1[ .-])?[2-9]\\d{2}[ .-][2-9]\\d{2}[ .-]\\d{4}${EXTENSION}${ENDS}`,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}[2-9]\\d{9}${ENDS}`,
      check: (_value, before) => CALLED.test(before),
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}0[1-9]\\d{0,4}(?:[ ./-]\\d{2,8}){1,4}${ENDS}`,
      check: national,
    },
    {
      anchor: { kind: 'text', texts: ['(0'] },
      pattern: `(?<![\\w)])\\(0[1-9]\\d{0,4}\\) ?\\d{2,8}(?:[ .-]\\d{2,8}){0,3}${ENDS}`,
      check: national,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}0[1-9]\\d{8,10}${ENDS}`,
      score: POSSIBLE,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}\\d{2,4}(?:[ .-]\\d{2,4}){2,4}${EXTENSION}${ENDS}`,
      check: (value) => groups(value),
      score: POSSIBLE,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}(?:0[ -]?)?\\(?[1-9]\\d{2}\\)?[ .-]?\\d{3}[ .-]?\\d{2}[ .-]?\\d{2}${ENDS}`,
      check: (value) =>
        /^[0(]|^[2-59]/.test(value) && groups(value) && !/^(?:0[ -]?)?\(?(?:123|[6-8])/.test(value),
      score: POSSIBLE,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}[2-9]\\d{2,3}[ -]\\d{4}${ENDS}`,
      check: (value, before) => LOCAL.test(before) && !/^(?:19|20)\d\d.(?:19|20)\d\d$/.test(value),
    },
    // mobile numbers of Brazil, China and India
    {
      anchor: { kind: 'text', texts: ['('] },
      pattern: `(?<![\\w)])\\([1-9]\\d\\) ?9\\d{4}[ -]?\\d{4}${ENDS}`,
      score: LIKELY,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}(?:[1-9]\\d 9\\d{4}[ -]?\\d{4}|[6-9]\\d{4}[ -]\\d{5})${ENDS}`,
      score: POSSIBLE,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}(?:1[3-9]\\d|[1-9]\\d9)\\d{8}${ENDS}`,
      score: WEAK,
    },
    {
      anchor: { kind: 'text', texts: ['('] },
      pattern: `(?<![\\w)])\\(\\d{2,4}\\) ?\\d{3,4}[ .-]?\\d{3,4}${ENDS}`,
      score: POSSIBLE,
    },
  ],
  context: [
    ...[
      'phone',
      'telephone',
      'tel',
      'telefon',
      'telepono',
      'mobile',
      'mobil',
      'cell',
      'cell phone',
      'handy',
      'fax',
      'cep',
    ],
    ...[
      'call',
      'call me',
      'answering',
      'dial',
      'whatsapp',
      'sms',
      'text',
      'reach',
      'contact',
      'office',
      'hotline',
    ],
    ...['phone number', 'registered', 'number', 'ring', 'numero', 'birinci', 'ikinci'],
    ...['téléphone', 'tél', 'portable', 'teléfono', 'telefono', 'móvil', 'movil', 'celular', 'cellulare'],
    ...[
      'telefone',
      'telemóvel',
      'telefoon',
      'telefoonnummer',
      'mobiel',
      'gsm',
      'mobiltelefon',
      'mobilnummer',
    ],
    ...[
      'puhelin',
      'puh',
      'komórka',
      'kom',
      'telefonul',
      'τηλέφωνο',
      'τηλ',
      'κινητό',
      'телефон',
      'тел',
      'моб',
    ],
    ...[
      '電話',
      '电话',
      '電話番号',
      '手机',
      '手机号',
      '手機',
      '携帯',
      '전화',
      '휴대폰',
      'फोन',
      'मोबाइल',
      'هاتف',
      'جوال',
      'טלפון',
      'โทร',
    ],
  ],
  canonical: (value) => value.replace(/[^\d+x]/g, ''),
  examples: {
    found: [
      'call ‹+1 (671) 297-8323› now',
      '‹+49 30 901820›',
      '‹+442079460958›',
      '‹+1 415 555 2671› 2024',
      '‹(415) 555-2671›.',
      '‹415-555-2671›',
      '‹1-800-555-0199›',
      '‹415.555.2671 ext. 12›',
      '‹001-234-567-8901x123›',
      'Tel.: ‹4155552671›',
      '‹06 12 34 56 78›',
      '‹020 7946 0958›',
      '‹07700 900123›',
      '‹0171/1234567›',
      '‹(030) 1234567›',
      'call me on ‹9472 7916›?',
      '‹0 532 123 45 67›',
      '‹0 (532) 1234567›',
      'tel ‹9123 4567›',
      'mi móvil: ‹612 345 678›',
      'WhatsApp ‹(11) 98765-4321›',
      '手机‹13800138000›',
      'phone: ‹98765 43210›',
    ],
    ignored: [
      'order 4155552671',
      '+1.2345678',
      '01.02.2024',
      '2024-01-02',
      '550e8400-e29b-41d4-a716-446655440000',
      '192.168.100.1000',
      'a415-555-2671',
      '1415-555-26711',
      'sha 0123456789abcdef',
      '$415 555 2671',
      'mobile 2015-2016',
      'call for the 2015 2016 2017 seasons',
      'rows 13800138000',
    ],
  },
});

/** Seven to twelve digits that are no date, nor years. */
function groups(value: string): boolean {
  const count = digitsOf(value).length;
  return (
    count >= 7 &&
    count <= 12 &&
    !/^(?:(?:(?:19|20)\d{2}[ .-]?)+|(?:19|20)\d{2}([.-])\d{2}\1\d{2}|\d{2}([.-])\d{2}\2(?:19|20)\d{2})$/.test(
      value,
    )
  );
}

function international(value: string): Checked {
  if (/^\+\d+\.\d+$/.test(value)) return false;
  if (!value.startsWith('+1')) return true;
  const end = endOfDigits(value, 11);
  if (end === undefined) return digitsOf(value).length === 11 || /[xt]/.test(value);
  return /[xt]/.test(value) ? true : [0, end];
}

function national(value: string, before: string): Checked {
  if (/\brange $/.test(before)) return false;
  // dates and social security numbers
  if (/^(?:\d\d([./-])\d\d\1\d{4}|\d{3}([ -])\d\d\2\d{4}$)/.test(value)) return false;
  const count = digitsOf(value).length;
  return count >= 9 && count <= 12;
}
