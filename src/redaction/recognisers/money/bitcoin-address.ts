import { recogniser } from '../../recogniser.ts';
import { base58Checked, bech32Checked } from './wallet-checksums.ts';

/** Base58Check (version 0 and 5) and SegWit addresses (BIP 173, BIP 350), by their checksums. */
export const bitcoinAddress = recogniser({
  id: 'bitcoin_address',
  group: 'pii',
  called: 'a Bitcoin address',
  forms: [
    {
      anchor: { kind: 'word', first: '[13]' },
      pattern: '(?<!\\w)[13][1-9A-HJ-NP-Za-km-z]{25,34}(?!\\w)',
      check: (value) => base58Checked(value),
    },
    {
      anchor: { kind: 'text', texts: ['bc1', 'BC1'] },
      pattern: '(?<!\\w)(?:bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})(?!\\w)',
      check: bech32Checked,
    },
  ],
  examples: {
    found: [
      'pay ‹16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ›',
      '‹3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy›',
      '‹bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq›',
      '‹bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297›',
    ],
    ignored: ['16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp'],
  },
});
