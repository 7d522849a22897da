import type { PicoUsd } from '../core/money.ts';
import type { WindowTerms } from './terms.ts';

/** One row of the ledger: a budget, for one subject, in one window. */
export interface WindowKey {
  readonly orgId: string;
  readonly budgetId: string;
  readonly subjectId: string;
  /** Epoch milliseconds. */
  readonly windowStartMs: number;
}

/** Names a lease and the order of what its node does to it. */
export interface LeaseChange {
  readonly leaseId: string;
  /** Rises with every change; the ledger ignores one that arrives behind a newer one. */
  readonly seq: number;
}

export interface TakeRequest extends LeaseChange {
  readonly window: WindowKey;
  readonly terms: WindowTerms;
  /** False: the ledger has answered for this lease before, so it must still be there. */
  readonly first: boolean;
  /** Less than this helps nobody. All three are 0 where only the truth of the lease is asked for. */
  readonly least: PicoUsd;
  /** What all who wait need together. */
  readonly needed: PicoUsd;
  /** What is welcome beyond, for requests to come. */
  readonly headroom: PicoUsd;
}

export type TakeReply =
  | {
      readonly kind: 'granted';
      /** All that the lease was ever granted, less what was given back. */
      readonly granted: PicoUsd;
      /** What remains for others. */
      readonly left: PicoUsd;
    }
  | {
      readonly kind: 'exhausted';
      readonly left: PicoUsd;
      /** As above, of the lease that the request names; undefined where there is none. */
      readonly granted?: PicoUsd | undefined;
      /** Of a rolling window: when the oldest part of what was spent is free again (epoch milliseconds). */
      readonly freesAtMs?: number | undefined;
    }
  /** The ledger does not know the lease any more: it has lapsed. */
  | { readonly kind: 'lost' };

/** The authoritative account of all budgets. Every method is one transaction, and rejects when it cannot be reached. */
export interface Ledger {
  take(request: TakeRequest): Promise<TakeReply>;
  /** @returns what remains in the window; undefined where the lease has lapsed */
  giveBack(window: WindowKey, change: LeaseChange, amount: PicoUsd): Promise<PicoUsd | undefined>;
  /** Prolongs their life. @returns what remains of those that still exist */
  renew(leaseIds: readonly string[]): Promise<ReadonlyMap<string, PicoUsd>>;
}

/** A headroom of more than this share of what is left would strand money on one node while another refuses. */
export const HEADROOM_SHARE = 100n;

/** How much of what is left a request for a lease gets: all that is needed or at least one request's worth, and a little more. */
export function grantOf(
  left: PicoUsd,
  { least, needed, headroom }: Pick<TakeRequest, 'least' | 'needed' | 'headroom'>,
): PicoUsd {
  if (left <= 0n || left < least) return 0n;
  if (left <= needed) return left;
  const spare = (left - needed) / HEADROOM_SHARE;
  return needed + (headroom < spare ? headroom : spare);
}
