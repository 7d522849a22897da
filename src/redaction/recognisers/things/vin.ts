import { LIKELY } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ISO 3779: seventeen characters without I, O, Q; check character at the ninth place where it is North American. */
export const vin = idNumber({
  id: 'vin',
  called: 'a vehicle identification number',
  context: ['vin'],
  labelled: {
    labels: ['vin', 'vehicle identification', 'chassis', 'fahrgestellnummer', 'fin'],
    value: '[A-HJ-NPR-Za-hj-npr-z0-9]{17}',
    valid: mixed,
  },
  forms: [
    {
      anchor: { kind: 'word', first: '[A-HJ-NPR-Z0-9]' },
      pattern: '[A-HJ-NPR-Z0-9]{13}\\d{4}',
      score: LIKELY,
      valid: (compact) => mixed(compact) && checked(compact),
    },
  ],
  found: ['‹1HGCM82633A004352›', 'VIN: ‹WVWZZZ1JZ3W386752›'],
  ignored: ['1HGCM82633A004353', '11111111111111111', 'commit 1HGCM82633A00435Z'],
});

const VALUES: Readonly<Record<string, number>> = Object.fromEntries(
  ['AJ', 'BKS', 'CLT', 'DMU', 'ENV', 'FW', 'GPX', 'HY', 'RZ'].flatMap((letters, at) =>
    [...letters].map((letter) => [letter, letter === 'R' || letter === 'Z' ? 9 : at + 1]),
  ),
);
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

function checked(compact: string): boolean {
  const sum = WEIGHTS.reduce((total, weight, at) => {
    const char = compact.charAt(at);
    return total + weight * (VALUES[char] ?? Number(char));
  }, 0);
  return (sum % 11 === 10 ? 'X' : String(sum % 11)) === compact.charAt(8);
}

function mixed(compact: string): boolean {
  return /[A-Z].*[A-Z]/.test(compact) && /\d.*\d.*\d/.test(compact);
}
