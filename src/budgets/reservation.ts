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
  /** One per budget. */
  readonly #entries: readonly Entry[];
  /** What was reserved later from other leases, where the first one had lapsed. */
  readonly #later: Entry[] = [];
  #settled = false;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** What is held of this budget. */
  reservedOf(match: Match): PicoUsd {
    let sum = 0n;
    for (const entry of [...this.#entries, ...this.#later]) if (entry.match === match) sum += entry.reserved;
    return sum;
  }

  /** Takes over what another hold has reserved of the same budgets; where this one has ended, that is free again. */
  extend(more: Reservation): void {
    more.#settled = true;
    for (const entry of more.#entries) {
      const { match, account, lease, reserved } = entry;
      if (lease === undefined || reserved === 0n) continue;
      const same = (one: Entry): boolean => one.match === match && one.lease === lease;
      const known = this.#entries.find(same) ?? this.#later.find(same);
      if (this.#settled) release(account, lease, reserved, 0n);
      else if (known !== undefined) known.reserved += reserved;
      else this.#later.push(entry);
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
    for (const entry of this.#entries) {
      let rest = spentOn(entry.match);
      for (const part of this.#later) {
        if (part.match !== entry.match) continue;
        const before = rest;
        rest = before > part.reserved ? before - part.reserved : 0n;
        end(part, before - rest, draws);
      }
      end(entry, rest, draws);
    }
    this.draws = draws;
  }
}

function end(entry: Entry, spent: PicoUsd, draws: Draw[]): void {
  if (entry.lease !== undefined) release(entry.account, entry.lease, entry.reserved, spent);
  if (spent !== 0n) draws.push(drawOf(entry, spent));
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
