import { type Anchor, LIKELY, recogniser } from '../../recogniser.ts';

const at = (char: string, max: number): Anchor => ({ kind: 'char', char, before: '[0-9A-Fa-f]', max });
const PAIR = '[0-9A-Fa-f]{2}';

/** IEEE 802: six pairs of hexadecimal digits, or three groups of four; nobody's address has them all the same. */
export const macAddress = recogniser({
  id: 'mac_address',
  group: 'pii',
  called: 'a MAC address',
  forms: [
    {
      anchor: at(':', 2),
      pattern: `(?<![\\w:-])${PAIR}(?::${PAIR}){5}(?![\\w]|[:-]\\w)`,
      check: isSomebodys,
    },
    {
      anchor: at('-', 2),
      pattern: `(?<![\\w:-])${PAIR}(?:-${PAIR}){5}(?![\\w]|[:-]\\w)`,
      check: isSomebodys,
    },
    {
      anchor: at('.', 4),
      pattern: '(?<![\\w.])[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}(?![\\w]|\\.\\w)',
      check: isSomebodys,
      score: LIKELY,
    },
  ],
  canonical: (value) => value.toLowerCase().replace(/[^0-9a-f]/g, ''),
  examples: {
    found: ['at ‹00:1b:44:11:3a:b7›.', '‹00-1B-44-11-3A-B7›', '‹001b.4411.3ab7›'],
    ignored: [
      'ff:ff:ff:ff:ff:ff',
      '00:00:00:00:00:00',
      '12:30:45',
      '00:1b:44:11:3a',
      '2001:db8:00:1b:44:11:3a:b7',
    ],
  },
});

function isSomebodys(value: string): boolean {
  return new Set(value.toLowerCase().replace(/[^0-9a-f]/g, '')).size > 1 && /\d/.test(value);
}
