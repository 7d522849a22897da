import fc from 'fast-check';
import t from 'tap';
import { configuredKeys, KeyRing } from './key-ring.ts';
import { OPENAI_LIMITS } from './rate-limits.ts';

const ORG = 'org-1';

function ringOf(weights: readonly number[]) {
  let nowMs = 1_000_000;
  const keys = weights.map((weight, index) => ({ name: `k${index}`, key: `secret-${index}`, weight }));
  const clock = { now: () => nowMs, elapsed: () => nowMs };
  return {
    ring: new KeyRing(configuredKeys('p', keys), OPENAI_LIMITS, clock),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const namesOf = (ring: KeyRing, count: number, orgId = ORG): string[] =>
  Array.from({ length: count }, () => ring.choose(orgId)?.name ?? 'none');

t.test('keys share the calls by weight, exactly, and none waits longer than a round', async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }), (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const chosen = namesOf(ringOf(weights).ring, total);
      return weights.every(
        (weight, index) => chosen.filter((name) => name === `k${index}`).length === weight,
      );
    }),
  );
});

t.test('a refused or limited key is left alone, for as long as the provider says', async (t) => {
  const { ring, pass } = ringOf([1, 1]);
  const first = ring.choose(ORG);
  t.ok(first);
  if (first === undefined) return;
  ring.heard(first, 429, { 'retry-after': '30' });
  t.ok(ring.hasAnother(ORG, 1));
  t.strictSame(new Set(namesOf(ring, 5)), new Set(['k1']));
  pass(30_000);
  t.equal(new Set(namesOf(ring, 4)).size, 2);
  ring.heard(first, 401, {});
  pass(60_000);
  t.strictSame(new Set(namesOf(ring, 5)), new Set(['k1']));
});

t.test(
  'where every key is parked, the one that is free first is asked: parking stops no traffic',
  async (t) => {
    const { ring } = ringOf([1, 1]);
    const [a, b] = [ring.choose(ORG), ring.choose(ORG)];
    if (a === undefined || b === undefined) return t.fail('no keys');
    ring.heard(a, 429, { 'retry-after': '30' });
    ring.heard(b, 429, { 'retry-after': '10' });
    t.notOk(ring.hasAnother(ORG, 1));
    t.equal(ring.choose(ORG)?.name, b.name);
  },
);

t.test('a key whose limit is used up rests until it is whole again', async (t) => {
  const { ring, pass } = ringOf([1, 1]);
  const key = ring.choose(ORG);
  if (key === undefined) return t.fail('no key');
  ring.heard(key, 200, {
    'x-ratelimit-limit-requests': '10',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '20s',
  });
  t.notOk(namesOf(ring, 4).includes(key.name));
  t.strictSame(ring.count(), { keys: 2, parked: 1 });
  pass(20_000);
  t.ok(namesOf(ring, 4).includes(key.name));
  t.strictSame(ring.count(), { keys: 2, parked: 0 });
});

t.test('an organisation with keys of its own uses no others, and nobody else uses those', async (t) => {
  const { ring } = ringOf([1]);
  const own = { id: 'row-1', name: 'own', secret: 's', weight: 1 };
  ring.useOrgKeys(new Map([[ORG, [own]]]));
  t.strictSame(namesOf(ring, 3), ['own', 'own', 'own']);
  t.strictSame(namesOf(ring, 2, 'org-2'), ['k0', 'k0']);
  const key = ring.choose(ORG);
  if (key === undefined) return t.fail('no key');
  ring.heard(key, 401, {});
  ring.useOrgKeys(new Map([[ORG, [own]]]));
  t.not(ring.states(ORG)[0]?.parkedUntilMs, 0, 'a reload forgets nothing');
  ring.useOrgKeys(new Map([[ORG, [{ ...own, secret: 'renewed' }]]]));
  t.equal(ring.states(ORG)[0]?.parkedUntilMs, 0, 'a new secret starts anew');
  ring.useOrgKeys(new Map());
  t.strictSame(namesOf(ring, 1), ['k0']);
});
