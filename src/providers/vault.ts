/** Seals secrets for the database: AES-256-GCM under keys that only the configuration knows. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '../core/ids.ts';

/** A key of the configuration. */
export interface SealingKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export interface Sealed {
  /** Nonce (12 bytes), tag (16), ciphertext. */
  readonly bytes: Buffer;
  readonly with: string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class Vault {
  readonly #keys: ReadonlyMap<string, SealingKey>;
  readonly #current: SealingKey | undefined;
  readonly #random: RandomBytes;

  /** @param keys the first one seals, each of them opens what it sealed */
  constructor(keys: readonly SealingKey[], random: RandomBytes) {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    this.#current = keys[0];
    this.#random = random;
  }

  /** The id of the key that seals; undefined where the configuration has none, and nothing can be sealed. */
  get current(): string | undefined {
    return this.#current?.id;
  }

  /** @param owner the row that the secret belongs to: moved to another row, it cannot be opened */
  seal(secret: string, owner: string): Sealed {
    if (this.#current === undefined) throw new Error('there is no key to seal with');
    const nonce = Buffer.alloc(NONCE_BYTES);
    this.#random(nonce);
    const cipher = createCipheriv(CIPHER, this.#current.key, nonce).setAAD(Buffer.from(owner));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return { bytes: Buffer.concat([nonce, cipher.getAuthTag(), text]), with: this.#current.id };
  }

  /** @returns undefined where its key is gone, or it was changed or moved */
  open({ bytes, with: keyId }: Sealed, owner: string): string | undefined {
    const key = this.#keys.get(keyId);
    if (key === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, key.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
