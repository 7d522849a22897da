import type { PicoUsd } from '../core/money.ts';
import type { Account, Lease } from './account.ts';
import type { Draw, Hold } from './hold.ts';
import type { Match } from './match.ts';

/** What one request holds of one budget. */
export interface Entry {
  readonly match: Match;
  /** undefined for soft budgets, which hold nothing. */
  readonly account: Account | undefined;
  readonly lease: Lease | undefined;
  readonly reserved: PicoUsd;
}

/** The hold of a request on all its budgets; settled exactly once. */
export class Reservation implements Hold {
  draws: readonly Draw[] = [];
  readonly #entries: readonly Entry[];
  #settled = false;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /**
   * Ends the hold: what was spent is drawn, the rest is free again.
   * @param spentOn what the attempts that a budget counts have cost together
   * @throws TypeError when it is settled already: money must never be booked twice
   */
  settle(spentOn: (match: Match) => PicoUsd): void {
    if (this.#settled) throw new TypeError('this hold is settled already');
    this.#settled = true;
    const draws: Draw[] = [];
    for (const { match, account, lease, reserved } of this.#entries) {
      const picoUsd = spentOn(match);
      if (lease !== undefined) release(account, lease, reserved, picoUsd);
      if (picoUsd === 0n) continue;
      const { budgetId, subjectId, windowStartMs } = match.key;
      // The allowance of an outage is no lease: the ledger never saw it.
      const leaseId = account === undefined ? undefined : lease?.id;
      const terms = leaseId === undefined ? match.terms : undefined;
      draws.push({ budgetId, subjectId, windowStartMs, picoUsd, leaseId, terms });
    }
    this.draws = draws;
  }
}

/** Ends one reservation; without an account the lease is the allowance of an outage. */
export function release(account: Account | undefined, lease: Lease, reserved: PicoUsd, spent: PicoUsd): void {
  if (account !== undefined) {
    account.settle(lease, reserved, spent);
    return;
  }
  lease.reserved -= reserved;
  lease.spent += spent;
}
