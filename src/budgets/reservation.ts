import type { PicoUsd } from '../core/money.ts';
import type { StreamWatch } from '../gateway/stage.ts';
import type { Account, Lease } from './account.ts';
import type { Draw, Hold } from './hold.ts';
import type { Match } from './match.ts';

/** What one request holds of one budget, from one lease. */
export interface Entry {
  readonly match: Match;
  /** undefined for soft budgets, which hold nothing. */
  readonly account: Account | undefined;
  readonly lease: Lease | undefined;
  reserved: PicoUsd;
}

/** The hold of a request on all its budgets; settled exactly once. */
export class Reservation implements Hold {
  draws: readonly Draw[] = [];
  /** Reserves the rest of an answer while it streams; undefined where all of it is reserved. */
  steps: StreamWatch | undefined;
  readonly #entries: Entry[];
  #settled = false;

  constructor(entries: Entry[]) {
    this.#entries = entries;
  }

  /** What is held of this budget. */
  reservedOf(match: Match): PicoUsd {
    let sum = 0n;
    for (const entry of this.#entries) if (entry.match === match) sum += entry.reserved;
    return sum;
  }

  /** Takes over what another hold has reserved of the same budgets; where this one has ended, that is free again. */
  extend(more: Reservation): void {
    more.#settled = true;
    for (const entry of more.#entries) {
      const { match, account, lease, reserved } = entry;
      if (lease === undefined || reserved === 0n) continue;
      const known = this.#entries.find((one) => one.match === match && one.lease === lease);
      if (this.#settled) release(account, lease, reserved, 0n);
      else if (known !== undefined) known.reserved += reserved;
      // the lease of the first part has lapsed meanwhile
      else this.#entries.push(entry);
    }
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
    for (const match of new Set(this.#entries.map((entry) => entry.match))) {
      const own = this.#entries.filter((entry) => entry.match === match);
      let rest = spentOn(match);
      for (const entry of own) {
        // Of several leases each pays what it holds, the last one also what is beyond.
        const picoUsd = entry === own.at(-1) || rest < entry.reserved ? rest : entry.reserved;
        rest -= picoUsd;
        if (entry.lease !== undefined) release(entry.account, entry.lease, entry.reserved, picoUsd);
        if (picoUsd !== 0n) draws.push(drawOf(entry, picoUsd));
      }
    }
    this.draws = draws;
  }
}

function drawOf({ match, account, lease }: Entry, picoUsd: PicoUsd): Draw {
  const { budgetId, subjectId, windowStartMs } = match.key;
  // The allowance of an outage is no lease: the ledger never saw it.
  const leaseId = account === undefined ? undefined : lease?.id;
  const terms = leaseId === undefined ? match.terms : undefined;
  return { budgetId, subjectId, windowStartMs, picoUsd, leaseId, terms };
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
