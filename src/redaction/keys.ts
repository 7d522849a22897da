import { createHmac, type Hmac } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Keyed hashes of one organisation. Its key is derived from the gateway's, so that what one organisation's
 * pseudonyms and audit records say of a value cannot be compared with what another's say.
 */
export class OrgKey {
  readonly #key: Uint8Array;

  constructor(master: Uint8Array, orgId: string) {
    this.#key = createHmac('sha256', master).update(`redaction/${orgId}`).digest();
  }

  /** Base32 of the HMAC-SHA-256 over all parts, cut to `length` characters (at most 32). */
  id(length: number, ...parts: readonly string[]): string {
    const bytes = this.bytes(...parts);
    let id = '';
    for (let at = 0; at < length; at++) id += ALPHABET.charAt((bytes[at] as number) & 31);
    return id;
  }

  /** The HMAC-SHA-256 over all parts: 32 bytes. */
  bytes(...parts: readonly string[]): Buffer {
    const hmac: Hmac = createHmac('sha256', this.#key);
    return hmac.update(parts.join('\0')).digest();
  }
}

/** The keys of all organisations that were asked for. */
export class PseudonymKeys {
  readonly #master: Uint8Array;
  readonly #keys = new Map<string, OrgKey>();

  /** @param master at least 32 bytes */
  constructor(master: Uint8Array) {
    this.#master = master;
  }

  of(orgId: string): OrgKey {
    const known = this.#keys.get(orgId);
    if (known !== undefined) return known;
    const key = new OrgKey(this.#master, orgId);
    this.#keys.set(orgId, key);
    return key;
  }
}
