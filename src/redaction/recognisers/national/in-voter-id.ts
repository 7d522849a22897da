import { WEAK } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** EPIC number: three letters and seven digits. */
export const inVoterId = idNumber({
  id: 'in_voter_id',
  called: 'an Indian voter id',
  context: ['voter id', 'epic', 'elector', 'election card', 'voter'],
  forms: [{ back: 3, pattern: '[A-Za-z]{3}\\d{7}', score: WEAK }],
  found: ['voter id: ‹KSD1287349›'],
  ignored: ['KSD1287349'],
});
