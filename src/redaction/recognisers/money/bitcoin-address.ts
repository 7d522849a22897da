import { createHash } from 'node:crypto';
import { recogniser } from '../../recogniser.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Base58Check (version 0 and 5) and SegWit addresses (BIP 173, BIP 350), by their checksums. */
export const bitcoinAddress = recogniser({
  id: 'bitcoin_address',
  group: 'pii',
  called: 'a Bitcoin address',
  forms: [
    {
      anchor: { kind: 'word', first: '[13]' },
      pattern: '(?<!\\w)[13][1-9A-HJ-NP-Za-km-z]{25,34}(?!\\w)',
      check: base58Checked,
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

function base58Checked(value: string): boolean {
  let number = 0n;
  for (const char of value) number = number * 58n + BigInt(BASE58.indexOf(char));
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const sha = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
  return sha(sha(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

function bech32Checked(value: string): boolean {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  // the prefix "bc", expanded
  const values = [3, 3, 0, 2, 3, ...[...value.toLowerCase().slice(3)].map((char) => BECH32.indexOf(char))];
  let check = 1;
  for (const each of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ each;
    for (const [bit, generator] of generators.entries()) if ((top >>> bit) & 1) check ^= generator;
  }
  return check === 1 || check === 0x2bc830a3;
}
