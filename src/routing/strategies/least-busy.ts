import { sortBy, strategy } from '../strategy.ts';

export const leastBusy = strategy({
  id: 'least_busy',
  about: 'the one with the fewest calls under way for its weight',
  spreads: true,
  arrange: (candidates, { random }) =>
    // the fraction decides between equals, which would else all go to the first
    sortBy(candidates, ({ weight, state }) =>
      weight > 0 ? (state.pending + random() / 1024) / weight : Number.POSITIVE_INFINITY,
    ),
});
