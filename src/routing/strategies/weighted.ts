import { sortBy, strategy } from '../strategy.ts';

/** A random order in which every first place falls to a target in proportion to its weight (Efraimidis, Spirakis 2006). */
export const weighted = strategy({
  id: 'weighted',
  about: 'at random, in proportion to weight',
  spreads: true,
  arrange: (candidates, { random }) =>
    sortBy(candidates, ({ weight }) =>
      weight > 0 ? -Math.log(1 - random()) / weight : Number.POSITIVE_INFINITY,
    ),
});
