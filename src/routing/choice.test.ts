/** Latency, allowances, rendezvous hashing, strategies: the arithmetic that chooses between targets. */
import fc from 'fast-check';
import t from 'tap';
import type { Target } from '../providers/index.ts';
import { Allowance } from './allowance.ts';
import { PeakEwma } from './latency.ts';
import { affinity } from './rendezvous.ts';
import { STRATEGIES, type StrategyId } from './strategies/index.ts';
import type { Candidate, Question } from './strategy.ts';
import type { TargetState } from './target-state.ts';

t.test('a slow sample counts at once, fast ones take their time, silence is forgiven', async (t) => {
  const latency = new PeakEwma();
  t.equal(latency.cost(0, 0), 0, 'nothing is known: worth a try');
  t.ok(latency.cost(1, 0) > 1_000, 'but not for everybody at once');
  latency.observe(100, 0);
  latency.observe(2_000, 10);
  t.equal(latency.meanMs(10), 2_000);
  latency.observe(100, 20);
  t.ok(latency.meanMs(20) > 1_900);
  t.ok(latency.meanMs(30_000) < 200);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60_000), fc.nat(5_000)), { minLength: 1 }), (samples) => {
      const one = new PeakEwma();
      let nowMs = 0;
      for (const [ms, passed] of samples) {
        nowMs += passed;
        one.observe(ms, nowMs);
      }
      const mean = one.meanMs(nowMs);
      return mean >= 0 && mean <= Math.max(...samples.map(([ms]) => ms)) && one.cost(3, nowMs) >= mean;
    }),
  );
});

t.test('extras never exceed their share and what was saved up', async () => {
  fc.assert(
    fc.property(fc.nat(100), fc.nat(20), fc.array(fc.boolean()), (percent, reserve, wishes) => {
      const allowance = new Allowance(percent / 100, reserve);
      let ordinary = 0;
      let extras = 0;
      for (const wish of wishes) {
        if (wish) extras += Number(allowance.take());
        else {
          ordinary++;
          allowance.earn();
        }
      }
      return extras <= reserve + (ordinary * percent) / 100 + 1e-6 && (percent > 0 || extras === 0);
    }),
  );
});

const NAMES = ['a', 'b', 'c', 'd'];
const favourite = (key: string, names: readonly string[], weight = (_: string) => 1): string =>
  [...names].sort((x, y) => affinity(key, y, weight(y)) - affinity(key, x, weight(x)))[0] ?? '';

t.test('when a target goes away only its own sessions move', async () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...NAMES), (key, gone) => {
      const before = favourite(key, NAMES);
      const rest = NAMES.filter((name) => name !== gone);
      return before === gone || favourite(key, rest) === before;
    }),
  );
});

t.test('sessions fall to targets in proportion to their weights; to one of weight 0 never', async (t) => {
  const weights: Record<string, number> = { a: 1, b: 2, c: 1, d: 0 };
  const count: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 };
  for (let index = 0; index < 8_000; index++) {
    const name = favourite(`session-${index}`, NAMES, (one) => weights[one] ?? 0);
    count[name] = (count[name] ?? 0) + 1;
  }
  t.equal(count.d, 0);
  t.ok(Math.abs((count.b ?? 0) - 4_000) < 300, JSON.stringify(count));
  t.ok(Math.abs((count.a ?? 0) - 2_000) < 300);
});

interface Shape {
  readonly weight?: number;
  readonly waitMs?: number;
  readonly pending?: number;
  readonly region?: string;
}

function candidate(provider: string, { weight = 1, waitMs = 0, pending = 0, region }: Shape = {}): Candidate {
  const state = { cost: () => waitMs, pending } as unknown as TargetState;
  return { target: { provider, model: 'm', region }, weight, state };
}

function question(change: Partial<Question> = {}): Question {
  return { random: () => 0.5, regions: [], costOf: () => undefined, ...change };
}

function order(id: StrategyId, candidates: Candidate[], asked: Question = question()): string {
  STRATEGIES.find((strategy) => strategy.id === id)?.arrange(candidates, asked);
  return candidates.map(({ target }) => target.provider).join('');
}

/** Numbers in [0, 1), the same every time. */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

t.test('every strategy keeps every target, once', async () => {
  const shape = fc.record({
    weight: fc.nat(3),
    waitMs: fc.nat(1_000),
    pending: fc.nat(5),
    region: fc.constantFrom('eu', 'us'),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...STRATEGIES.map(({ id }) => id)),
      fc.array(shape, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (id, shapes, numbers) => {
        const candidates = shapes.map((one, index) => candidate(String(index), one));
        const random = (): number => Number(numbers.next().value);
        const names = order(id, candidates, question({ random, regions: ['us'] }));
        return [...names].sort().join('') === shapes.map((_, index) => index).join('');
      },
    ),
  );
});

t.test('weighted: first places in proportion, weight 0 last', async (t) => {
  const random = sequence();
  let firsts = 0;
  for (let turn = 0; turn < 4_000; turn++) {
    const three = [candidate('a', { weight: 3 }), candidate('b'), candidate('z', { weight: 0 })];
    const names = order('weighted', three, question({ random }));
    if (names.startsWith('a')) firsts++;
    if (!names.endsWith('z')) t.fail(names);
  }
  t.ok(Math.abs(firsts - 3_000) < 150, `${firsts} of 4000`);
});

t.test('latency: the faster of the two drawn goes first, the slowest of three never', async (t) => {
  const random = sequence();
  const seen = new Set<string>();
  for (let turn = 0; turn < 200; turn++) {
    const slow = candidate('s', { waitMs: 900 });
    const three = [slow, candidate('f', { waitMs: 10 }), candidate('m', { waitMs: 50 })];
    seen.add(order('latency', three, question({ random })));
  }
  t.strictSame([...seen].sort(), ['fms', 'mfs']);
  t.equal(order('latency', [candidate('a')]), 'a');
});

t.test('least busy, cheapest, residency', async (t) => {
  const busy = [
    candidate('a', { pending: 3 }),
    candidate('b', { pending: 4, weight: 4 }),
    candidate('c', { weight: 0 }),
  ];
  t.equal(order('least_busy', busy), 'bac');
  const costs: Record<string, bigint | undefined> = { a: 30n, b: 10n, c: undefined, d: 10n };
  const costOf = ({ provider }: Target): bigint | undefined => costs[provider];
  const four = ['a', 'c', 'b', 'd'].map((name) => candidate(name));
  t.equal(order('cheapest', four, question({ costOf })), 'bdac', 'unpriced is not free');
  const placed = [candidate('u', { region: 'us' }), candidate('n'), candidate('e', { region: 'eu' })];
  t.equal(order('residency', placed, question({ regions: ['eu', 'us'] })), 'eun');
  t.equal(order('ordered', [candidate('b'), candidate('a')]), 'ba');
});
