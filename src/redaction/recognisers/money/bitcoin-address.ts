import { hash } from 'node:crypto';
import { recogniser } from '../../recogniser.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Version, hash, four bytes of checksum. */
const ADDRESS_BYTES = 25;
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

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
  const bytes = new Uint8Array(ADDRESS_BYTES);
  for (let at = 0; at < value.length; at++) {
    let carry = BASE58.indexOf(value.charAt(at));
    for (let index = ADDRESS_BYTES - 1; index >= 0; index--) {
      carry += (bytes[index] as number) * 58;
      bytes[index] = carry & 0xff;
      carry >>= 8;
    }
    if (carry > 0) return false;
  }
  const digest = hash('sha256', hash('sha256', bytes.subarray(0, -4), 'buffer'), 'buffer');
  return digest.subarray(0, 4).equals(bytes.subarray(-4));
}

function bech32Checked(value: string): boolean {
  let check = 1;
  // the prefix "bc", expanded
  for (const each of [3, 3, 0, 2, 3]) check = extended(check, each);
  const small = value.toLowerCase();
  for (let at = 3; at < small.length; at++) check = extended(check, BECH32.indexOf(small.charAt(at)));
  return check === 1 || check === 0x2bc830a3;
}

function extended(check: number, value: number): number {
  const top = check >>> 25;
  let next = ((check & 0x1ffffff) << 5) ^ value;
  for (let bit = 0; bit < GENERATORS.length; bit++) if ((top >>> bit) & 1) next ^= GENERATORS[bit] as number;
  return next;
}
