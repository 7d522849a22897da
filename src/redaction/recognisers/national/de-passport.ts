import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';
import { machineReadable } from './machine-readable.ts';

/** As the identity card, and a first letter of its own. */
export const dePassport = idNumber({
  id: 'de_passport',
  called: 'a German passport number',
  context: ['reisepass', 'pass-nr', 'passnummer', 'reisepassnummer', 'passport', 'pass'],
  forms: [
    {
      back: 1,
      pattern: '[CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz][CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{7}\\d',
      score: POSSIBLE,
      valid: machineReadable,
    },
    {
      back: 2,
      pattern: '[CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz][CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{7}\\d',
      score: POSSIBLE,
      valid: machineReadable,
    },
  ],
  found: ['Reisepass ‹C01234565› ausgestellt am', '‹C01X00T41›', '‹c01234565›'],
  ignored: ['C01234567', 'C0123456', 'C012345678', 'build C01234565'],
});
