import { type Candidate, sortBy, strategy } from '../strategy.ts';

/**
 * The better of two that are drawn at random goes first: nearly as good as the best of all, and unlike that it does not
 * send every node to the same target at once (Mitzenmacher 2001). The others follow by what they cost.
 */
export const latency = strategy({
  id: 'latency',
  about: 'the faster of two drawn at random, by peak EWMA of the first byte and calls under way',
  spreads: true,
  arrange: (candidates, { random }) => {
    const drawn = candidates.filter(({ weight }) => weight > 0);
    const one = draw(drawn, random);
    const other = draw(drawn, random);
    sortBy(candidates, (candidate) => wait(candidate));
    const first = one !== undefined && other !== undefined && wait(other) < wait(one) ? other : one;
    if (first === undefined) return;
    candidates.splice(candidates.indexOf(first), 1);
    candidates.unshift(first);
  },
});

function wait({ weight, state }: Candidate): number {
  return weight > 0 ? state.cost() / weight : Number.POSITIVE_INFINITY;
}

function draw(candidates: Candidate[], random: () => number): Candidate | undefined {
  const [drawn] = candidates.splice(Math.floor(random() * candidates.length), 1);
  return drawn;
}
