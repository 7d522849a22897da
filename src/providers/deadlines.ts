import type { Clock } from '../core/clock.ts';
import { Roster, type Seated } from '../core/roster.ts';

/** Something that may be late. */
export interface Watched extends Seated {
  /** Called on every tick with monotonic milliseconds; acts when one of its deadlines has passed. */
  check(nowMs: number): void;
}

/**
 * One coarse timer for all calls in flight, instead of a timer per call re-armed on every chunk. It runs only
 * while something is watched, so that an idle gateway (and a finished test) has none.
 */
export class Deadlines {
  readonly #watched = new Roster<Watched>();
  readonly #clock: Clock;
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param tickMs how late a deadline may be noticed. */
  constructor(clock: Clock, tickMs = 25) {
    this.#clock = clock;
    this.#tickMs = tickMs;
  }

  get size(): number {
    return this.#watched.size;
  }

  add(watched: Watched): void {
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#tick(), this.#tickMs);
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const nowMs = this.#clock.elapsed();
    for (const watched of this.#watched) watched.check(nowMs);
  }
}
