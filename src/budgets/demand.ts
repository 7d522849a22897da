import type { PicoUsd } from '../core/money.ts';

/** What a node lately used of one budget; a period is the time from one upkeep to the next. */
export class Demand {
  #spent: PicoUsd = 0n;
  #mostReserved: PicoUsd = 0n;
  /** Spent in the period before. */
  #rate: PicoUsd = 0n;

  spend(amount: PicoUsd): void {
    this.#spent += amount;
  }

  /** @param atOnce all that is reserved now */
  reserve(atOnce: PicoUsd): void {
    if (atOnce > this.#mostReserved) this.#mostReserved = atOnce;
  }

  /** Of one to two periods. */
  get lately(): PicoUsd {
    return this.#rate + this.#spent + this.#mostReserved;
  }

  /** Begins the next period. @returns what the one that ends used */
  turn(reserved: PicoUsd): PicoUsd {
    const used = this.#spent + this.#mostReserved;
    this.#rate = this.#spent;
    this.#spent = 0n;
    this.#mostReserved = reserved;
    return used;
  }
}
