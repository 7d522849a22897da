import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';
import { machineReadable } from './machine-readable.ts';

/** Serial number of nine characters without vowels, the last a check digit (ICAO 9303, weights 7, 3, 1). */
export const deIdCard = idNumber({
  id: 'de_id_card',
  called: 'a German identity card number',
  context: ['personalausweis', 'ausweisnummer', 'ausweis', 'identity card', 'id card'],
  forms: [
    {
      back: 1,
      pattern: '[LMNPRTVWXYZlmnprtvwxyz][CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{7}\\d',
      score: POSSIBLE,
      valid: machineReadable,
    },
    {
      back: 2,
      pattern: '[LMNPRTVWXYZlmnprtvwxyz][CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyz0-9]{7}\\d',
      score: POSSIBLE,
      valid: machineReadable,
    },
  ],
  found: ['‹L01X00T44›', 'Personalausweis ‹L01X00T44›'],
  ignored: ['L01X00T47', 'L01X00T440', 'sku L01X00T44'],
});
