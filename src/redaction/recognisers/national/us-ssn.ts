import { digitsOf, recogniser } from '../../recogniser.ts';

const NOT_INSIDE = '(?<![\\w]|\\w[.-]|[#$€£])';
const CALLED = /\b(?:ssn|social security)\b[^.;\n]{0,24}$/i;

/** US social security numbers: 20 CFR 422; areas 000, 666 and 900–999, group 00 and serial 0000 are never given. */
export const usSsn = recogniser({
  id: 'us_ssn',
  group: 'pii',
  called: 'a US social security number',
  forms: [
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}\\d{3}(?:-\\d{2}-| \\d{2} )\\d{4}(?!\\w|[.-]\\d)`,
      check: inRange,
    },
    {
      anchor: { kind: 'digits', back: 0 },
      pattern: `${NOT_INSIDE}\\d{9}(?!\\w|[.-]\\d)`,
      check: (value, before) => CALLED.test(before) && inRange(value),
    },
  ],
  canonical: digitsOf,
  examples: {
    found: ['‹536-90-4399›', 'SSN: ‹536 90 4399›.', 'her SSN is ‹536904399›', '&ssn=‹595-22-6585›'],
    ignored: [
      '000-12-3456',
      '666-12-3456',
      '900-12-3456',
      '536-00-4399',
      '536-90-0000',
      '536904399',
      '1536-90-4399',
      '536-90-43991',
      '536-90 4399',
      '536-90-4399-1',
    ],
  },
});

function inRange(value: string): boolean {
  const digits = digitsOf(value);
  const area = Number(digits.slice(0, 3));
  if (area === 0 || area === 666 || area >= 900) return false;
  return digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000';
}
