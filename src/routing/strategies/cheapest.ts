import { strategy } from '../strategy.ts';

export const cheapest = strategy({
  id: 'cheapest',
  about: 'the cheapest for this request first, by the price table; those without a price last',
  spreads: false,
  arrange: (candidates, { costOf }) => {
    const costs = new Map(candidates.map((candidate) => [candidate, costOf(candidate.target)]));
    candidates.sort((a, b) => {
      const [one, other] = [costs.get(a), costs.get(b)];
      if (one === other) return 0;
      if (one === undefined) return 1;
      return other === undefined || one < other ? -1 : 1;
    });
  },
});
