import type { Counter, Taken } from './counter.ts';
import type { Limit } from './limit.ts';

/**
 * Counts a part of every limit, for those who must count by themselves: `limit ÷ parts`, but never less than one,
 * since a limit that lets nothing pass would stop traffic. So all together exceed a limit only where it is smaller
 * than their number.
 * @param parts how many share the limits now; asked with every request
 */
export function portioned(counter: Counter, parts: () => number): Counter {
  const portions = new Map<number, Portion>();
  return {
    take(...call) {
      const among = Math.max(1, parts());
      if (among === 1) return counter.take(...call);
      let portion = portions.get(among);
      if (portion === undefined) {
        portion = new Portion(counter, among);
        portions.set(among, portion);
      }
      return portion.take(...call);
    },
    give() {
      throw new TypeError('give back to the counter that took: Taken.counter');
    },
  };
}

/** One size of the share. A request is given back by the measure it was taken by, whatever the share is by then. */
class Portion {
  readonly #counter: Counter;
  readonly #parts: number;
  readonly #smaller = new WeakMap<readonly Limit[], readonly Limit[]>();
  readonly #givers = new WeakMap<Counter, Counter>();

  constructor(counter: Counter, parts: number) {
    this.#counter = counter;
    this.#parts = parts;
  }

  take(...[orgId, limits, tokens, slot]: Parameters<Counter['take']>): Taken | Promise<Taken> {
    const taken = this.#counter.take(orgId, this.#share(limits), tokens, slot);
    const measured = (own: Taken): Taken => ({ ...own, counter: this.#giver(own.counter) });
    return taken instanceof Promise ? taken.then(measured) : measured(taken);
  }

  #giver(inner: Counter): Counter {
    let giver = this.#givers.get(inner);
    if (giver === undefined) {
      giver = {
        take: () => {
          throw new TypeError('take from the counter that shares out');
        },
        give: (orgId, limits, tokens, slot) => inner.give(orgId, this.#share(limits), tokens, slot),
      };
      this.#givers.set(inner, giver);
    }
    return giver;
  }

  #share(limits: readonly Limit[]): readonly Limit[] {
    let known = this.#smaller.get(limits);
    if (known === undefined) {
      known = limits.map((limit) => ({ ...limit, limit: shareOf(limit, this.#parts) }));
      this.#smaller.set(limits, known);
    }
    return known;
  }
}

function shareOf({ kind, limit }: Limit, parts: number): number {
  const share = limit / parts;
  return Math.max(1, kind === 'concurrent' ? Math.floor(share) : share);
}
