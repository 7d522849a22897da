import type { Counter } from './counter.ts';

/** What a shared counter counts in: Redis, or the primary of this node's workers. */
export interface Health {
  /** `degraded`: it did not answer lately, so nobody waits for it. */
  readonly state: 'up' | 'degraded';
}

export interface FallbackStats {
  /** Requests counted alone since the shared counter did not answer. */
  alone: number;
}

/**
 * The shared counter while it answers, this one's own while it does not: failing open would drop limits,
 * failing closed would stop traffic, a local count does neither (litellm#30460, #33923). The wait is bounded by
 * the time-out of what is shared, which is left alone afterwards (litellm PR#35273): then nobody waits at all.
 * @param local counts this one's share (see `portioned`), so that all together stay near the limit
 */
export function withFallback(
  health: Health,
  shared: Counter,
  local: Counter,
  stats: FallbackStats = { alone: 0 },
): Counter {
  const alone: Counter['take'] = (...call) => {
    stats.alone += 1;
    return local.take(...call);
  };
  return {
    take(...call) {
      if (health.state !== 'up') return alone(...call);
      const taken = shared.take(...call);
      return taken instanceof Promise ? taken.catch(() => alone(...call)) : taken;
    },
    give() {
      throw new TypeError('give back to the counter that took: Taken.counter');
    },
  };
}
