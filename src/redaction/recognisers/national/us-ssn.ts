import { isRepeated } from '../../checksums.ts';
import { LIKELY, POSSIBLE, WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** 20 CFR 422: areas 000, 666 and 900 to 999, group 00 and serial 0000 are never given. */
export const usSsn = idNumber({
  id: 'us_ssn',
  called: 'a US social security number',
  context: ['ssn', 'ssns', 'social security', 'social security number', 'social security no', 'soc sec'],
  forms: [
    { pattern: '\\d{3}(?:-\\d{2}-| \\d{2} |\\.\\d{2}\\.)\\d{4}', valid: inRange },
    { pattern: '\\d{3}-\\d{6}', score: LIKELY, valid: inRange },
    // nine figures of a US postcode are written so, too
    { pattern: '\\d{5}-\\d{4}', score: POSSIBLE, valid: inRange },
    { pattern: '\\d{9}', score: POSSIBLE, valid: inRange },
    { pattern: '\\d{3}[- ]\\d{2}[- ]\\d{4}', score: WEAK, valid: (digits) => !isRepeated(digits) },
  ],
  found: [
    '‹536-90-4399›',
    'SSN: ‹536 90 4399›.',
    'her SSN is ‹536904399›',
    '&ssn=‹595-22-6585›',
    '‹078.05.1123›',
    '‹536904399› is my social security number',
    'ssn: ‹912-34-5678›',
  ],
  ignored: [
    '000-12-3456',
    '666-12-3456',
    '900-12-3456',
    '536-00-4399',
    '536-90-0000',
    'order 536904399 is late',
    '1536-90-4399',
    'TX 73301-0001 is a postcode',
    '536-90-43991',
    '536-90-4399-1',
    '078051120',
  ],
});

/** Numbers that were printed on sample cards. */
const SAMPLES = ['078051120', '219099999', '123456789'];

function inRange(digits: string): boolean {
  const area = Number(digits.slice(0, 3));
  if (area === 0 || area === 666 || area >= 900 || SAMPLES.includes(digits)) return false;
  return digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000' && !isRepeated(digits);
}
