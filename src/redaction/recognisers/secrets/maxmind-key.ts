import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** Ends in `_mmk`. */
export const maxmindKey = recogniser({
  id: 'maxmind_key',
  group: 'secret',
  called: 'a MaxMind licence key',
  forms: [
    {
      anchor: { kind: 'char', char: '_', before: '[A-Za-z0-9]', max: 6 },
      pattern: '(?<![A-Za-z0-9])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?![A-Za-z0-9])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: ['key: ‹w5fruZ_8ZUsgYLu8v·wgb3yKsgMna3uIF9Oa4_mmk›'],
    ignored: ['domain_name_mmk', 'licens_key_mmk'],
  },
});
