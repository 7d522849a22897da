import { mod97 } from '../../checksums.ts';
import { type Checked, recogniser } from '../../recogniser.ts';

/** Lengths by country, from the SWIFT IBAN registry. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** International bank account numbers: ISO 13616 length by country, ISO 7064 mod 97-10. */
export const iban = recogniser({
  id: 'iban',
  group: 'pii',
  called: 'an IBAN',
  forms: [
    {
      anchor: { kind: 'digits', back: 2 },
      pattern: '(?<![A-Za-z0-9])[A-Za-z]{2}\\d{2}(?:[ -]?[A-Za-z0-9]){11,29}',
      check: ibanIn,
    },
  ],
  canonical: compact,
  examples: {
    found: [
      '‹DE89370400440532013000›',
      'IBAN ‹DE89 3704 0044 0532 0130 00› bitte',
      '‹GB82 WEST 1234 5698 7654 32›, ‹NO9386011117947›',
      '‹fr1420041010050500013m02606›',
      '‹MT84MALT011000012345MTLCAST001S›',
      'IBAN: ‹DE89370400440532013001› with a slip',
      '"iban": "‹NL10599578661256652951›"',
    ],
    ignored: [
      'DE89370400440532013001',
      'XX89370400440532013000',
      'ADE89370400440532013000',
      'DE8937040044053201300099',
      'FR76 too short',
    ],
  },
});

const LABEL = /\biban(?:[ -]?(?:no|nr|number|nummer|code))?\.?["']?\s{0,2}[:=#-]?\s{0,2}["']?$/i;
const WRITTEN =
  /^[A-Za-z]{2}\d{2}(?:[A-Za-z0-9]{11,30}|(?: [A-Za-z0-9]{4}){2,7}(?: [A-Za-z0-9]{1,4})?)(?![A-Za-z0-9])/;

/** What is called an IBAN is one, also where it was copied with a mistake. */
function ibanIn(value: string, before: string): Checked {
  const sound = soundIn(value);
  if (sound !== false || !LABEL.test(before)) return sound;
  const written = WRITTEN.exec(value)?.[0];
  return written === undefined ? false : [0, written.length];
}

function soundIn(value: string): Checked {
  const length = LENGTHS.get(value.slice(0, 2).toUpperCase());
  if (length === undefined) return false;
  let taken = 0;
  let end = 0;
  while (end < value.length && taken < length) {
    if (!/[ -]/.test(value.charAt(end))) taken++;
    end++;
  }
  if (taken < length || /[A-Za-z0-9]/.test(value.charAt(end))) return false;
  return mod97(compact(value.slice(0, end))) === 1 ? [0, end] : false;
}

function compact(value: string): string {
  return value.replace(/[ -]/g, '').toUpperCase();
}
