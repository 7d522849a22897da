import { hash } from 'node:crypto';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** The same digits in the order of the XRP Ledger. */
export const RIPPLE58 = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';
/** Version, hash, four bytes of checksum. */
const ADDRESS_BYTES = 25;
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Base58Check of a version byte and a hash of 20 bytes: the last four are the beginning of their double SHA-256. */
export function base58Checked(value: string, alphabet = BASE58): boolean {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  for (let at = 0; at < value.length; at++) {
    let carry = alphabet.indexOf(value.charAt(at));
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

/** Bech32 (BIP 173) or Bech32m (BIP 350): what stands before the last `1` is checked with the rest. */
export function bech32Checked(value: string): boolean {
  const text = value.toLowerCase();
  const one = text.lastIndexOf('1');
  let check = 1;
  for (let at = 0; at < one; at++) check = extended(check, text.charCodeAt(at) >> 5);
  check = extended(check, 0);
  for (let at = 0; at < one; at++) check = extended(check, text.charCodeAt(at) & 31);
  for (let at = one + 1; at < text.length; at++) check = extended(check, BECH32.indexOf(text.charAt(at)));
  return check === 1 || check === 0x2bc830a3;
}

function extended(check: number, value: number): number {
  const top = check >>> 25;
  let next = ((check & 0x1ffffff) << 5) ^ value;
  for (let bit = 0; bit < GENERATORS.length; bit++) if ((top >>> bit) & 1) next ^= GENERATORS[bit] as number;
  return next;
}
