import type { Clock } from '../core/clock.ts';
import type { PicoUsd } from '../core/money.ts';
import { amountAt, type Budget } from './budget.ts';
import type { Ledger, TakeReply, WindowKey } from './ledger.ts';
import type { Subject } from './scope.ts';
import { termsOf } from './terms.ts';
import type { Window } from './window.ts';

/** A slice of a window that this node may spend without asking. */
export interface Lease {
  readonly id: string;
  granted: PicoUsd;
  /** Settled by requests of this node, drained to the ledger or not. */
  spent: PicoUsd;
  /** Held by requests that run. */
  reserved: PicoUsd;
  /** Monotonic; new reservations are made until then. */
  usableUntilMs: number;
}

/** Why an account could not reserve. */
export interface Shortage {
  readonly account: Account;
  /** exhausted: the ledger said so · unreachable: it could not be asked */
  readonly kind: 'exhausted' | 'unreachable';
  /** What one request could still have. */
  readonly payable: PicoUsd;
  /** The whole budget, as it is now. */
  readonly amount: PicoUsd;
  /** Epoch milliseconds; Infinity: never. Of a rolling window, when the oldest part of it is free again. */
  readonly resetsAtMs: number;
}

export interface AccountDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly leaseTtlMs: number;
  /** How long a request waits for the ledger. */
  readonly patienceMs: number;
}

interface Waiter {
  readonly need: PicoUsd;
  readonly done: (outcome: Lease | Shortage) => void;
  /** Its need was part of the last request to the ledger. */
  asked: boolean;
}

/**
 * A hard budget of one subject in one window, as this node sees it. Reserving costs no I/O while the lease lasts;
 * otherwise all who wait share one request to the ledger. Of the lease the node never believes to have more than
 * the ledger granted: an answer that does not come counts as "no", and the next answer tells the true sum.
 */
export class Account {
  readonly key: WindowKey;
  readonly #subject: Subject;
  window: Window;
  /** The newest definition of the budget. */
  budget: Budget;
  #lease: Lease | undefined;
  /** The id of a lease that the ledger was asked for and has not answered for yet. */
  #openingId: string | undefined;
  #seq = 0;
  #left: PicoUsd = 0n;
  /** Of a rolling window that was found used up. */
  #freesAtMs: number | undefined;
  #waiting: Waiter[] = [];
  #busy = false;
  #overdue = false;
  /** Since the last upkeep. */
  #spentLately: PicoUsd = 0n;
  #mostReserved: PicoUsd = 0n;
  /** Of the period before. */
  #rate: PicoUsd = 0n;
  readonly #deps: AccountDeps;

  constructor(key: WindowKey, subject: Subject, window: Window, budget: Budget, deps: AccountDeps) {
    this.key = key;
    this.#subject = subject;
    this.window = window;
    this.budget = budget;
    this.#deps = deps;
  }

  /** The lease that now holds the amount; undefined where the ledger has to be asked. */
  tryReserve(need: PicoUsd): Lease | undefined {
    const lease = this.#usableLease();
    if (lease === undefined || freeOf(lease) < need) return undefined;
    lease.reserved += need;
    if (lease.reserved > this.#mostReserved) this.#mostReserved = lease.reserved;
    return lease;
  }

  /** Asks the ledger once before it says no. */
  reserve(need: PicoUsd): Promise<Lease | Shortage> {
    if (this.#overdue) return Promise.resolve(this.#shortage('unreachable'));
    return new Promise((done) => {
      this.#waiting.push({ need, done, asked: false });
      if (!this.#busy) void this.#refill();
    });
  }

  /** Ends a reservation with what was really spent, also when that is more than was reserved. */
  settle(lease: Lease, reserved: PicoUsd, spent: PicoUsd): void {
    lease.reserved -= reserved;
    lease.spent += spent;
    this.#spentLately += spent;
    // Beyond its grant a lease only confuses the count: the ledger books the rest without it.
    if (lease === this.#lease && lease.spent > lease.granted) this.#lease = undefined;
  }

  /** The lease whose life is to be prolonged, if any. */
  get leaseId(): string | undefined {
    return this.#usableLease()?.id;
  }

  /** @param asked monotonic time before the ledger was asked to prolong it */
  renewed(leaseId: string, exists: boolean, askedMs: number): void {
    const lease = this.#lease;
    if (lease?.id !== leaseId) return;
    if (exists) lease.usableUntilMs = askedMs + this.#deps.leaseTtlMs / 2;
    else this.#lease = undefined;
  }

  get idle(): boolean {
    return !this.#busy && (this.#lease === undefined || this.#lease.reserved === 0n);
  }

  /** Gives back what the last period shows to be surplus; shrinks with what is left for everybody. */
  async tidy(): Promise<void> {
    const lively = this.#spentLately + this.#mostReserved;
    const share = this.#left / 100n;
    this.#rate = this.#spentLately;
    this.#spentLately = 0n;
    this.#mostReserved = this.#lease?.reserved ?? 0n;
    await this.giveBack(lively < share ? lively : share);
  }

  /** Gives back all that is free beyond `keep`. */
  async giveBack(keep: PicoUsd): Promise<void> {
    const lease = this.#usableLease();
    if (lease === undefined || this.#busy) return;
    const surplus = freeOf(lease) - keep;
    if (surplus <= 0n) return;
    this.#busy = true;
    // Before the ledger knows: until it answers, nobody may spend what it may have passed on.
    lease.granted -= surplus;
    try {
      const left = await this.#deps.ledger.giveBack(
        this.key,
        { leaseId: lease.id, seq: ++this.#seq },
        surplus,
      );
      if (left !== undefined) this.#left = left;
      else if (this.#lease === lease) this.#lease = undefined;
    } catch {
      // The next answer of the ledger tells whether it happened.
    } finally {
      this.#busy = false;
      if (this.#waiting.length > 0) void this.#refill();
    }
  }

  #usableLease(): Lease | undefined {
    const lease = this.#lease;
    if (lease !== undefined && this.#deps.clock.elapsed() >= lease.usableUntilMs) this.#lease = undefined;
    return this.#lease;
  }

  #shortage(kind: Shortage['kind']): Shortage {
    const lease = this.#lease;
    const free = lease === undefined ? 0n : freeOf(lease);
    const payable = (kind === 'exhausted' ? this.#left : 0n) + (free > 0n ? free : 0n);
    const amount = amountAt(this.budget, this.#deps.clock.now());
    return { account: this, kind, payable, amount, resetsAtMs: this.#freesAtMs ?? this.window.endMs };
  }

  /** Asks the ledger until everybody who waits has an answer; at most one question at a time. */
  async #refill(): Promise<void> {
    this.#busy = true;
    const patience = setTimeout(() => this.#giveUp(), this.#deps.patienceMs);
    try {
      while (this.#waiting.length > 0) {
        this.#serve();
        if (this.#waiting.length === 0) break;
        await this.#ask();
      }
    } catch {
      this.#refuse(() => true, 'unreachable');
    } finally {
      clearTimeout(patience);
      this.#busy = false;
      this.#overdue = false;
    }
  }

  async #ask(): Promise<void> {
    const { clock, ledger, leaseTtlMs, newId } = this.#deps;
    const lease = this.#usableLease();
    const askedMs = clock.elapsed();
    this.#openingId ??= newId();
    const leaseId = lease?.id ?? this.#openingId;
    const reply = await ledger.take({
      window: this.key,
      terms: termsOf(this.budget, this.#subject, this.window, clock.now()),
      leaseId,
      seq: ++this.#seq,
      first: lease === undefined,
      ...this.#wanted(lease),
    });
    if (lease === undefined && reply.kind !== 'exhausted') this.#openingId = undefined;
    this.#apply(reply, leaseId, askedMs + leaseTtlMs / 2);
    this.#serve();
    if (reply.kind !== 'lost') this.#refuse((waiter) => waiter.asked, 'exhausted');
  }

  /** What the waiting need beyond what the lease has: the least of them, all of them, and some for those to come. */
  #wanted(lease: Lease | undefined): { least: PicoUsd; needed: PicoUsd; headroom: PicoUsd } {
    const free = lease === undefined ? 0n : freeOf(lease);
    let least = this.#waiting[0]?.need ?? 0n;
    let needed = 0n;
    for (const waiter of this.#waiting) {
      waiter.asked = true;
      needed += waiter.need;
      if (waiter.need < least) least = waiter.need;
    }
    const lately = this.#rate + this.#spentLately + this.#mostReserved;
    return { least: least - free, needed: needed - free, headroom: lately > needed ? lately : needed };
  }

  #apply(reply: TakeReply, leaseId: string, usableUntilMs: number): void {
    if (reply.kind === 'lost') {
      this.#lease = undefined;
      return;
    }
    this.#left = reply.left;
    if (reply.kind === 'exhausted') {
      this.#freesAtMs = reply.freesAtMs;
      return;
    }
    if (this.#lease?.id === leaseId) {
      this.#lease.granted = reply.granted;
      this.#lease.usableUntilMs = usableUntilMs;
    } else {
      this.#lease = { id: leaseId, granted: reply.granted, spent: 0n, reserved: 0n, usableUntilMs };
    }
  }

  /** First come, first served; who needs less than is there does not wait for one who needs more. */
  #serve(): void {
    this.#waiting = this.#waiting.filter((waiter) => {
      const lease = this.tryReserve(waiter.need);
      if (lease !== undefined) waiter.done(lease);
      return lease === undefined;
    });
  }

  #refuse(which: (waiter: Waiter) => boolean, kind: Shortage['kind']): void {
    const shortage = this.#shortage(kind);
    this.#waiting = this.#waiting.filter((waiter) => {
      if (!which(waiter)) return true;
      waiter.done(shortage);
      return false;
    });
  }

  /** The question goes on; those who wait, and those who come meanwhile, are told that nobody answers. */
  #giveUp(): void {
    this.#overdue = true;
    this.#refuse(() => true, 'unreachable');
  }
}

export function freeOf(lease: Lease): PicoUsd {
  return lease.granted - lease.spent - lease.reserved;
}
