/**
 * The form of virtual keys: `slk_` (inference) or `sla_` (administration), 43 base64url characters of 32 random
 * bytes, and six base-62 characters of CRC-32 over what stands before. The checksum lets a typo be told from an
 * unknown key without asking anything, and lets secret scanners be certain.
 */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RandomBytes } from '../core/ids.ts';

export const KEY_KINDS = ['inference', 'admin'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

const PREFIX: Readonly<Record<KeyKind, string>> = { inference: 'slk_', admin: 'sla_' };
const FORM = /^(slk_|sla_)[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/;
const CHECKSUM_LENGTH = 6;
const HINT_LENGTH = 10;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new key. The plain text exists here and in the answer that shows it once; only the hash is stored. */
export interface MintedKey {
  readonly plaintext: string;
  readonly hash: Buffer;
  /** The first characters, to recognise it by. */
  readonly hint: string;
}

export function mintKey(kind: KeyKind, random: RandomBytes): MintedKey {
  const secret = new Uint8Array(32);
  random(secret);
  const body = PREFIX[kind] + Buffer.from(secret).toString('base64url');
  const plaintext = body + checksum(body);
  return {
    plaintext,
    hash: Buffer.from(hashKey(plaintext), 'hex'),
    hint: plaintext.slice(0, HINT_LENGTH),
  };
}

/** The kind of a well-formed key; undefined where form or checksum is wrong. Says nothing of its existence. */
export function keyKind(text: string): KeyKind | undefined {
  if (!FORM.test(text)) return undefined;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (checksum(body) !== text.slice(-CHECKSUM_LENGTH)) return undefined;
  return text.startsWith(PREFIX.inference) ? 'inference' : 'admin';
}

/**
 * SHA-256 as hex: what is stored and looked up. Hashed before any comparison, so that the time a look-up takes
 * says nothing of the secret; 256 random bits need neither salt nor stretching.
 */
export function hashKey(text: string): string {
  return hash('sha256', text, 'hex');
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
