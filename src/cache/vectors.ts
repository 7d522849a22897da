/** Questions by meaning: vectors of one process, compared one by one. */

interface Kept {
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly entryKey: string;
  readonly expiresAtMs: number;
}

export interface Nearest {
  readonly entryKey: string;
  /** Cosine, in [-1, 1]. */
  readonly similarity: number;
}

/** So many questions of one context are compared at most: a scan of them takes a millisecond or two. */
const CONTEXT_MAX = 1_000;

/**
 * Vectors by context: everything of a request but its last question, its organisation first. Questions of different
 * contexts never meet.
 */
export class Vectors {
  readonly #contexts = new Map<string, Kept[]>();
  readonly #most: number;
  #count = 0;

  /** @param most vectors in all; the contexts that were used least lately go first */
  constructor(most: number) {
    this.#most = most;
  }

  nearest(context: string, vector: readonly number[], nowMs: number): Nearest | undefined {
    const kept = this.#contexts.get(context);
    const asked = unit(vector);
    if (kept === undefined || asked === undefined) return undefined;
    this.#contexts.delete(context);
    this.#contexts.set(context, kept);
    let best: Nearest | undefined;
    for (const { vector: other, entryKey, expiresAtMs } of kept) {
      if (expiresAtMs <= nowMs || other.length !== asked.length) continue;
      const similarity = dot(asked, other);
      if (best === undefined || similarity > best.similarity) best = { entryKey, similarity };
    }
    return best;
  }

  add(
    context: string,
    vector: readonly number[],
    entryKey: string,
    expiresAtMs: number,
    nowMs: number,
  ): void {
    const added = unit(vector);
    if (added === undefined || this.#most === 0) return;
    const before = this.#contexts.get(context) ?? [];
    const kept = before.filter((one) => one.expiresAtMs > nowMs && one.entryKey !== entryKey);
    if (kept.length >= CONTEXT_MAX) kept.shift();
    kept.push({ vector: added, entryKey, expiresAtMs });
    this.#count += kept.length - before.length;
    this.#contexts.delete(context);
    this.#contexts.set(context, kept);
    for (const [oldest, { length }] of this.#contexts) {
      if (this.#count <= this.#most) break;
      this.#contexts.delete(oldest);
      this.#count -= length;
    }
  }
}

/** Undefined for what has no direction. */
function unit(vector: readonly number[]): Float32Array | undefined {
  const array = Float32Array.from(vector);
  const length = Math.sqrt(dot(array, array));
  if (!(length > 0) || !Number.isFinite(length)) return undefined;
  return array.map((value) => value / length);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return sum;
}
