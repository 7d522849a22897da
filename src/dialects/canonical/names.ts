import { createHash } from 'node:crypto';

/**
 * Names and ids that the other side does not allow, replaced by ones it does: the same for the same original,
 * so that a conversation stays coherent over several requests, and told back where the client must see its own.
 */
export class Names {
  readonly #allowed: RegExp;
  readonly #maxLength: number;
  readonly #originals = new Map<string, string>();

  constructor(allowed: RegExp, maxLength: number) {
    this.#allowed = allowed;
    this.#maxLength = maxLength;
  }

  out(original: string): string {
    if (original.length <= this.#maxLength && this.#allowed.test(original)) return original;
    const digest = createHash('sha256').update(original).digest('hex').slice(0, 9);
    const room = Math.max(0, this.#maxLength - digest.length - 1);
    const readable = original.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, room);
    const name = readable === '' ? digest.slice(0, this.#maxLength) : `${readable}_${digest}`;
    this.#originals.set(name, original);
    return name;
  }

  back(name: string): string {
    return this.#originals.get(name) ?? name;
  }
}

const WORD = /^[a-zA-Z0-9_-]+$/;

/** Names of tools: 64 characters are what everybody takes. */
export function toolNames(): Names {
  return new Names(WORD, 64);
}

/** Ids of calls. Mistral takes nine letters and digits, nothing else. */
export function callIds(kind: string): Names {
  return kind === 'mistral' ? new Names(/^[a-zA-Z0-9]{9}$/, 9) : new Names(WORD, 64);
}
