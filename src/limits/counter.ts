import type { Limit } from './limit.ts';

/** What a counter says of one request. */
export interface Taken {
  /** Index of the limit that refuses, -1 where all of them let the request pass. */
  readonly refusedBy: number;
  /** When to come back; 0 where nothing is refused or nobody knows (concurrency). */
  readonly retryAfterMs: number;
  /** What is left of each limit, in their order; not below 0. */
  readonly remaining: readonly number[];
  /** When each limit is whole again, if nothing more is taken. */
  readonly resetMs: readonly number[];
  /** The counter that took it, and that it must be given back to. */
  readonly counter: Counter;
}

/**
 * Counts requests and tokens per minute and requests at once. One suite (test/contract/counter.test.ts) holds
 * every implementation to the same behaviour.
 *
 * Per-minute limits are token buckets in GCRA form: one number, the time at which the bucket is full again. A
 * bucket holds one minute's worth and refills evenly. That answers `retry-after` exactly, lets a correction be
 * one addition, and costs the same at any rate; after an idle minute a burst of the whole limit passes at once,
 * as with OpenAI's own limits.
 */
export interface Counter {
  /**
   * Takes one request, `tokens` tokens and one slot from all limits, or nothing from any of them. Tokens are
   * only checked for standing: while anything is left the request passes, and may overdraw.
   * @param slot unique name of the request; holds its place until it is given back
   */
  take(orgId: string, limits: readonly Limit[], tokens: number, slot: string): Taken | Promise<Taken>;
  /** Frees the slot and adds `tokens` (negative: returns them). Once per request that was taken. */
  give(orgId: string, limits: readonly Limit[], tokens: number, slot: string): void;
}

export const MINUTE_MS = 60_000;
/** Sums of fractions of a millisecond must not miss a whole request by a rounding error. */
export const TOLERANCE_MS = 0.01;
