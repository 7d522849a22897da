import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { AnswerStore } from './store.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps answers encrypted (AES-256-GCM), bound to their organisation and key: an entry that was moved or changed, or
 * that another secret has sealed, is as good as none.
 *
 * @param secret any text; nodes that share a Redis share it
 */
export function sealedAnswers(store: AnswerStore, secret: string): AnswerStore {
  const key = createHash('sha256').update(secret).digest();
  const open = (orgId: string, name: string, sealed: string | undefined): string | undefined =>
    sealed === undefined ? undefined : unsealed(key, `${orgId}\n${name}`, sealed);
  return {
    get(orgId, name) {
      const found = store.get(orgId, name);
      if (found instanceof Promise) return found.then((sealed) => open(orgId, name, sealed));
      return open(orgId, name, found);
    },
    set: (orgId, name, value, ttlMs) =>
      store.set(orgId, name, sealed(key, `${orgId}\n${name}`, value), ttlMs),
  };
}

function sealed(key: Uint8Array, place: string, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
}

function unsealed(key: Uint8Array, place: string, text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    // sealed by another secret, or not what was written: a miss
    return undefined;
  }
}
