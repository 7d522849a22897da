import { sortBy, strategy } from '../strategy.ts';

export const residency = strategy({
  id: 'residency',
  about:
    "by region, in the order of `regions`, else of the organisation's data residency; other regions last",
  spreads: false,
  arrange: (candidates, { regions }) =>
    sortBy(candidates, ({ target: { region } }) => {
      const place = region === undefined ? -1 : regions.indexOf(region);
      return place < 0 ? regions.length : place;
    }),
});
