import type { Redis } from '../storage/redis.ts';
import type { Counter } from './counter.ts';

/**
 * The shared counter while Redis answers, this node's own while it does not: failing open would drop limits,
 * failing closed would stop traffic, a local count does neither (litellm#30460, #33923). The wait is bounded by
 * Redis's own time-out and its circuit, which leaves it alone afterwards (litellm PR#35273); while it is open
 * nobody waits at all.
 */
export function withFallback(redis: Pick<Redis, 'state'>, shared: Counter, local: Counter): Counter {
  return {
    take(...call) {
      if (redis.state !== 'up') return local.take(...call);
      return Promise.resolve(shared.take(...call)).catch(() => local.take(...call));
    },
    give() {
      throw new TypeError('give back to the counter that took: Taken.counter');
    },
  };
}
