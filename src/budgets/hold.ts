import type { PicoUsd } from '../core/money.ts';
import type { WindowTerms } from './terms.ts';

/** What one request drew on one budget; rides in its journal record and settles the ledger. */
export interface Draw {
  readonly budgetId: string;
  readonly subjectId: string;
  /** Epoch milliseconds. */
  readonly windowStartMs: number;
  readonly picoUsd: PicoUsd;
  /** The lease it was paid from; undefined for soft budgets, which need none, and for the allowance of an outage. */
  readonly leaseId: string | undefined;
  /** To open the window with; undefined where the lease has opened it. */
  readonly terms: WindowTerms | undefined;
}

/** The worst case, reserved on every budget that matches. */
export interface Hold {
  /** What the settled request drew; empty until then. */
  readonly draws: readonly Draw[];
}

export interface HasHold {
  /** undefined: no budget matches. */
  hold: Hold | undefined;
}
