import t from 'tap';
import { AccessTokens } from './access-tokens.ts';

const HOUR = 3_600_000;

function tokensOf() {
  const state = { nowMs: 1_000_000, fetched: 0, failing: false };
  const clock = { now: () => state.nowMs, elapsed: () => state.nowMs };
  const tokens = new AccessTokens(async () => {
    state.fetched++;
    if (state.failing) throw new Error('the issuer is away');
    return { token: `t${state.fetched}`, expiresAtMs: state.nowMs + HOUR };
  }, clock);
  return { state, tokens };
}

t.test('a hundred calls at once fetch one token, and later ones none', async (t) => {
  const { state, tokens } = tokensOf();
  const all = await Promise.all(Array.from({ length: 100 }, () => tokens.get()));
  t.strictSame(new Set(all), new Set(['t1']));
  t.equal(tokens.get(), 't1', 'without waiting');
  t.equal(state.fetched, 1);
});

t.test('it is renewed before it ends, and nobody waits for that', async (t) => {
  const { state, tokens } = tokensOf();
  await tokens.get();
  state.nowMs += HOUR - 200_000;
  t.equal(tokens.get(), 't1');
  t.equal(tokens.get(), 't1');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(tokens.get(), 't2');
  t.equal(state.fetched, 2);
});

t.test(
  'an issuer that is away is not asked by every call, and the old token serves to its end',
  async (t) => {
    const { state, tokens } = tokensOf();
    await tokens.get();
    state.failing = true;
    state.nowMs += HOUR - 200_000;
    for (let index = 0; index < 5; index++) {
      t.equal(tokens.get(), 't1');
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.equal(state.fetched, 2);
    state.nowMs += 190_000;
    await t.rejects(Promise.resolve(tokens.get()), /issuer is away/);
    state.failing = false;
    t.equal(await tokens.get(), 't4');
  },
);
