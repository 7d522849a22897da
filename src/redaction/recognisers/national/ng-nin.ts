import { WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** NIN and BVN: eleven digits without a check, known by what is written beside them. */
export const ngNin = idNumber({
  id: 'ng_nin',
  called: 'a Nigerian national number',
  context: ['nin', 'bvn', 'national identification number', 'bank verification number'],
  forms: [{ pattern: '\\d{11}', score: WEAK }],
  found: ['NIN: ‹12345678901›', 'BVN ‹22123456789›'],
  ignored: ['12345678901'],
});
