import type { Clock } from '../core/clock.ts';
import type { PicoUsd } from '../core/money.ts';
import { amountAt, type Budget } from './budget.ts';
import { Demand } from './demand.ts';
import { HEADROOM_SHARE, type Ledger, type TakeReply, type TakeRequest, type WindowKey } from './ledger.ts';
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

/** A lease that is to be prolonged, and what was spent of it when that was decided. */
export interface Renewal {
  readonly leaseId: string;
  readonly spent: PicoUsd;
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

type Wanted = Pick<TakeRequest, 'least' | 'needed' | 'headroom'>;

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
  /** Settles when the question under way is answered. */
  #question = Promise.resolve();
  #overdue = false;
  /** An answer got lost, and what it said is not known yet. */
  #unheard = false;
  /** With less than this free, more is fetched in the background; 0 where too little is left to keep some ready. */
  #refillBelow: PicoUsd = 0n;
  readonly #demand = new Demand();
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
    this.#demand.reserve(lease.reserved);
    if (freeOf(lease) < this.#refillBelow && !this.#busy) this.#begin();
    return lease;
  }

  /** Asks the ledger once before it says no. */
  reserve(need: PicoUsd): Promise<Lease | Shortage> {
    if (this.#overdue) return Promise.resolve(this.#shortage('unreachable'));
    return new Promise((done) => {
      this.#waiting.push({ need, done, asked: false });
      if (!this.#busy) this.#begin();
    });
  }

  /** Ends a reservation with what was really spent, also when that is more than was reserved. */
  settle(lease: Lease, reserved: PicoUsd, spent: PicoUsd): void {
    lease.reserved -= reserved;
    lease.spent += spent;
    this.#demand.spend(spent);
    // Beyond its grant a lease only confuses the count: the ledger books the rest without it.
    if (lease === this.#lease && lease.spent > lease.granted) this.#lease = undefined;
  }

  /** The lease whose life is to be prolonged, if any. */
  get renewal(): Renewal | undefined {
    const lease = this.#usableLease();
    return lease && { leaseId: lease.id, spent: lease.spent };
  }

  /**
   * A lease of which all is spent and drained is let go, and lapses: there may be one for every user or value of a tag
   * that was ever seen.
   * @param remaining of it in the ledger; undefined: it has lapsed
   * @param askedMs monotonic time before the ledger was asked to prolong it
   */
  renewed({ leaseId, spent }: Renewal, remaining: PicoUsd | undefined, askedMs: number): void {
    const lease = this.#lease;
    if (lease?.id !== leaseId) return;
    const isUsedUp = lease.granted === spent && lease.spent === spent && lease.reserved === 0n;
    const isDrained = remaining === 0n && !this.#busy;
    if (remaining === undefined || (isUsedUp && isDrained)) this.#lease = undefined;
    else lease.usableUntilMs = askedMs + this.#deps.leaseTtlMs / 2;
  }

  /** What one request could have, as far as this node knows without asking. */
  get foreseen(): PicoUsd {
    return this.#left + this.#free();
  }

  get idle(): boolean {
    return !this.#busy && (this.#lease === undefined || this.#lease.reserved === 0n);
  }

  /** Gives back what the last period shows to be surplus; shrinks with what is left for everybody. */
  async tidy(): Promise<void> {
    const used = this.#demand.turn(this.#lease?.reserved ?? 0n);
    const share = this.#left / HEADROOM_SHARE;
    this.#refillBelow = used < share ? used / 2n : 0n;
    // Twice that, so that what was fetched ahead is not given back at once.
    const keep = 2n * used;
    await this.giveBack(keep < share ? keep : share);
  }

  /** Gives back all that is free beyond `keep`, also of what an answer that got lost granted. */
  async giveBack(keep: PicoUsd): Promise<void> {
    if (this.#busy) return;
    await this.#alone(async () => {
      try {
        if (this.#unheard) await this.#ask({ least: 0n, needed: 0n, headroom: 0n });
        await this.#giveBackBeyond(keep);
      } catch {
        this.#unheard = true;
      }
    });
  }

  /** Gives back what was taken and is not needed after all, before upkeep would, so that other nodes need not wait for it. */
  async giveBackSome(amount: PicoUsd): Promise<void> {
    const free = this.#free();
    await this.giveBack(amount < free ? free - amount : 0n);
  }

  /** Gives everything back, when all requests have settled. */
  async close(): Promise<void> {
    await this.#question;
    await this.giveBack(0n);
  }

  async #giveBackBeyond(keep: PicoUsd): Promise<void> {
    const lease = this.#usableLease();
    if (lease === undefined) return;
    const surplus = freeOf(lease) - keep;
    if (surplus <= 0n) return;
    // Before the ledger knows: until it answers, nobody may spend what it may have passed on.
    lease.granted -= surplus;
    const change = { leaseId: lease.id, seq: ++this.#seq };
    const left = await this.#deps.ledger.giveBack(this.key, change, surplus);
    if (left !== undefined) this.#left = left;
    else if (this.#lease === lease) this.#lease = undefined;
  }

  #usableLease(): Lease | undefined {
    const lease = this.#lease;
    if (lease !== undefined && this.#deps.clock.elapsed() >= lease.usableUntilMs) this.#lease = undefined;
    return this.#lease;
  }

  #shortage(kind: Shortage['kind']): Shortage {
    const free = this.#free();
    const payable = (kind === 'exhausted' ? this.#left : 0n) + (free > 0n ? free : 0n);
    const amount = amountAt(this.budget, this.#deps.clock.now());
    return { account: this, kind, payable, amount, resetsAtMs: this.#freesAtMs ?? this.window.endMs };
  }

  #begin(): void {
    this.#question = this.#alone(() => this.#refill());
  }

  /** At most one question at a time; nobody waits for it longer than patience allows. */
  async #alone(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    const patience = setTimeout(() => this.#giveUp(), this.#deps.patienceMs);
    try {
      await work();
    } finally {
      clearTimeout(patience);
      this.#busy = false;
      this.#overdue = false;
      if (this.#waiting.length > 0) this.#begin();
    }
  }

  /** Asks the ledger until everybody who waits has an answer; once, where nobody waits yet. */
  async #refill(): Promise<void> {
    try {
      if (this.#waiting.length === 0) await this.#ask(this.#wantedAhead());
      for (this.#serve(); this.#waiting.length > 0; this.#serve()) {
        const reply = await this.#ask(this.#wanted());
        this.#serve();
        if (reply.kind !== 'lost') this.#refuse((waiter) => waiter.asked, 'exhausted');
      }
    } catch {
      // The next answer of the ledger tells what happened; until upkeep, nothing is fetched ahead.
      this.#unheard = true;
      this.#refillBelow = 0n;
      this.#refuse(() => true, 'unreachable');
    }
  }

  async #ask(wanted: Wanted): Promise<TakeReply> {
    const { clock, ledger, leaseTtlMs, newId } = this.#deps;
    const lease = this.#usableLease();
    const askedMs = clock.elapsed();
    const opening = this.#openingId ?? newId();
    if (lease === undefined) this.#openingId = opening;
    const leaseId = lease?.id ?? opening;
    const reply = await ledger.take({
      window: this.key,
      terms: termsOf(this.budget, this.#subject, this.window, clock.now()),
      leaseId,
      seq: ++this.#seq,
      first: lease === undefined,
      ...wanted,
    });
    this.#unheard = false;
    this.#apply(reply, lease, { id: leaseId, usableUntilMs: askedMs + leaseTtlMs / 2 });
    return reply;
  }

  /** What the waiting need beyond what the lease has: the least of them, all of them, and some for those to come. */
  #wanted(): Wanted {
    const free = this.#free();
    let least = this.#waiting[0]?.need ?? 0n;
    let needed = 0n;
    for (const waiter of this.#waiting) {
      waiter.asked = true;
      needed += waiter.need;
      if (waiter.need < least) least = waiter.need;
    }
    const { lately } = this.#demand;
    return { least: least - free, needed: needed - free, headroom: lately > needed ? lately : needed };
  }

  /** What the lease lacks of what the last one to two periods used. */
  #wantedAhead(): Wanted {
    const lacking = this.#demand.lately - this.#free();
    return { least: 1n, needed: 0n, headroom: lacking > 0n ? lacking : 0n };
  }

  #free(): PicoUsd {
    const lease = this.#usableLease();
    return lease === undefined ? 0n : freeOf(lease);
  }

  /** @param asked the lease that the ledger was asked about; undefined: a new one */
  #apply(
    reply: TakeReply,
    asked: Lease | undefined,
    { id, usableUntilMs }: Pick<Lease, 'id' | 'usableUntilMs'>,
  ): void {
    const granted = reply.kind === 'lost' ? undefined : reply.granted;
    // An opening that granted nothing goes on under its id, in case a change of it still arrives.
    if (granted !== undefined || reply.kind === 'lost') this.#openingId = undefined;
    if (granted === undefined) this.#lease = undefined;
    else {
      const lease = asked ?? { id, granted, spent: 0n, reserved: 0n, usableUntilMs };
      lease.granted = granted;
      lease.usableUntilMs = usableUntilMs;
      this.#lease = lease.spent > granted ? undefined : lease;
    }
    if (reply.kind === 'lost') return;
    this.#left = reply.left;
    if (reply.kind === 'exhausted') this.#freesAtMs = reply.freesAtMs;
    const plenty = this.#demand.lately < this.#left / HEADROOM_SHARE;
    this.#refillBelow = plenty ? this.#free() / 2n : 0n;
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
