import t from 'tap';
import { type ExchangeOptions, testAttempt, testExchange } from '../../test/support/exchange.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { priceTable } from '../metering/index.ts';
import { PATIENT } from '../providers/index.ts';
import { Books } from './books.ts';
import type { HasHold } from './hold.ts';
import { grantOf, type Ledger } from './ledger.ts';
import type { BudgetRule } from './rule.ts';
import { budgetSettings } from './settings.ts';
import { holdBudget } from './stage.ts';

/** $1 per million tokens in and out: a token is a million pico-dollars. */
const PICO = 1_000_000n;
const prices = priceTable(
  { overrides: [{ provider: 'p', model: 'm*', input: '1', output: '1', per_request: '0' }] },
  () => undefined,
);
const clock: Clock = { now: () => Date.parse('2026-11-20T12:00:00Z'), elapsed: () => 0 };

function cap(usd: string, part: Partial<BudgetRule> = {}): BudgetRule {
  return {
    id: 'policy/p/cap',
    scope: 'org',
    window: 'month',
    timezone: 'UTC',
    amount_usd: usd,
    hard: true,
    alert_percents: [],
    raises: [],
    ...part,
  };
}

/** A ledger in which nothing is ever settled: what is left is the amount less what its leases hold. */
function ledger(asked: () => void = () => undefined): Ledger {
  const leases = new Map<string, bigint>();
  let amount = 0n;
  const left = (): bigint => [...leases.values()].reduce((rest, granted) => rest - granted, amount);
  return {
    async take(request) {
      asked();
      amount = request.terms.amount;
      const grant = grantOf(left(), request);
      const before = leases.get(request.leaseId);
      if (grant === 0n) return { kind: 'exhausted', left: left(), granted: before };
      leases.set(request.leaseId, (before ?? 0n) + grant);
      return { kind: 'granted', granted: (before ?? 0n) + grant, left: left() };
    },
    async giveBack(_window, { leaseId }, returned) {
      leases.set(leaseId, (leases.get(leaseId) ?? 0n) - returned);
      return left();
    },
    renew: async () => new Map(),
  };
}

let ids = 0;
const start = (rules: readonly BudgetRule[], settings: object = {}, from = ledger()) =>
  holdBudget({
    books: new Books({
      ledger: from,
      clock,
      newId: () => `lease-${++ids}`,
      leaseTtlMs: 600_000,
      patienceMs: 1_000,
      budgetsFor: () => rules,
      outageAllowance: undefined,
    }),
    prices,
    clock,
    settings: budgetSettings.parse(settings),
  });

const exchange = (
  options: ExchangeOptions = {},
): ReturnType<typeof testExchange> & { hold: HasHold['hold'] | null } => ({
  ...testExchange(options),
  hold: null,
});
const body = (part: object = {}) => ({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...part });

async function faultOf(work: () => void | Promise<void>): Promise<Fault> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

t.test(
  'no budget: attempts are priced all the same, cancelled and failed ones too (bifrost#3357)',
  async (t) => {
    const stage = start([]);
    const x = exchange();
    t.equal(stage.enter(x), undefined, 'synchronous');
    t.equal(x.hold, undefined);
    x.attempts.push(
      testAttempt({}, { outcome: 'failed', status: 500 }),
      testAttempt({ inputTokens: 3, outputTokens: 2 }, { outcome: 'cancelled' }),
      testAttempt({ inputTokens: 3 }, { model: 'unknown' }),
    );
    stage.settle?.(x, { kind: 'done' });
    t.match(
      x.attempts.map(({ cost }) => cost?.picoUsd),
      [0n, 5n * PICO, undefined],
    );
  },
);

t.test('holds the worst case, settles what was used, on every budget that counts the model', async (t) => {
  const stage = start([
    cap('1'),
    cap('2', { id: 'mini', models: ['m-mini'] }),
    cap('3', { id: 'soft', hard: false }),
  ]);
  const x = exchange({ body: body({ max_tokens: 100, n: 2 }) });
  await stage.enter(x);
  x.attempts.push(testAttempt({ inputTokens: 10, outputTokens: 20 }));
  stage.settle?.(x, { kind: 'done' });
  t.match(x.hold?.draws, [
    { budgetId: 'policy/p/cap', picoUsd: 30n * PICO, leaseId: 'lease' },
    { budgetId: 'soft', picoUsd: 30n * PICO, leaseId: undefined },
  ]);
  t.throws(() => stage.settle?.(x, { kind: 'done' }), TypeError, 'once and not again');
  t.equal(
    stage.enter(exchange({ body: body({ max_tokens: 50 }) })),
    undefined,
    'the lease pays without asking',
  );
  t.equal(x.call.changed, false, 'the body goes on as it came');
});

t.test('calls that may be billed beside the answer are held too, or not made', async (t) => {
  const targets = [
    { provider: 'p', model: 'm', region: undefined },
    { provider: 'p', model: 'm-mini', region: undefined },
  ] as const;
  const hedged = () =>
    exchange({
      body: body({ max_tokens: 100_000 }),
      targets,
      manner: { ...PATIENT, hedgeAfterMs: 10, fallbackOn: ['context_length'] },
    });
  const rich = hedged();
  await start([cap('0.3')]).enter(rich);
  t.equal(rich.plan.manner.hedgeAfterMs, 10);
  const poor = hedged();
  await start([cap('0.15')]).enter(poor);
  t.equal(poor.plan.manner.hedgeAfterMs, undefined, 'there is money for one call only');
  t.strictSame(poor.plan.manner.fallbackOn, ['context_length'], 'the rest of the plan stays');
  t.equal(poor.call.described.outputCapTokens, 100_000, 'and the cap');
});

t.test('a request without a cap gets one, so that its worst case is known', async (t) => {
  const x = exchange();
  await start([cap('1')], { default_output_cap_tokens: 1000 }).enter(x);
  t.equal(x.call.body.max_tokens, 1000);
  t.equal(x.call.described.outputCapTokens, 1000);
  t.equal(x.call.changed, true);
  const soft = exchange();
  await start([cap('1', { hard: false })]).enter(soft);
  t.equal(soft.call.changed, false, 'a soft budget changes nothing');
});

t.test(
  'a model whose longest answer is known is held for that, and its body goes on as it came',
  async (t) => {
    const known = { model_outputs: [{ models: ['m'], max_output_tokens: 9_000 }] };
    const x = exchange();
    await start([cap('1')], known).enter(x);
    t.equal(x.call.changed, false);
    t.equal(x.answerHeaders['x-sluice-output-cap'], undefined);
    const short = exchange({ body: body() });
    await start([cap('0.005')], known).enter(short);
    t.equal(short.answerHeaders['x-sluice-output-cap'], String(short.call.body.max_tokens));
    t.ok(Number(short.call.body.max_tokens) > 3_000, 'what can be paid for');
  },
);

const streaming = (part: object = {}) => exchange({ body: body({ stream: true, ...part }) });
const never = (): void => {
  throw new Error('nobody waits');
};

t.test('a stream is reserved step by step, mostly from the lease', async (t) => {
  let asked = 0;
  const stage = start(
    [cap('1')],
    { stream_step_tokens: 1_000 },
    ledger(() => asked++),
  );
  const x = streaming();
  await stage.enter(x);
  t.equal(x.call.changed, false, 'no cap is put in');
  const watch = stage.watch?.(x as never);
  if (watch === undefined) return t.fail('nobody watches');
  for (let tokens = 0; tokens <= 50_000; tokens += 100) {
    t.equal(watch.streamed(tokens, 0, never), true);
    await null;
    await new Promise(setImmediate);
  }
  t.ok(asked < 20, `the ledger was asked ${asked} times for 50 steps`);
  x.attempts.push(testAttempt({ inputTokens: 10, outputTokens: 20_000 }));
  stage.settle?.(x, { kind: 'done' });
  t.match(x.hold?.draws, [{ picoUsd: 20_010n * PICO }]);
});

t.test('a stream that is faster than the ledger waits; one that cannot be paid for is cut', async (t) => {
  const stage = start([cap('0.0035')], { stream_step_tokens: 1_000, default_output_cap_tokens: 300 });
  const x = streaming();
  await stage.enter(x);
  const watch = stage.watch?.(x as never);
  if (watch === undefined) return t.fail('nobody watches');
  const waited = new Promise<void>((resolve) => {
    t.equal(watch.streamed(1_100, 0, resolve), false);
  });
  await waited;
  t.equal(watch.streamed(1_700, 0, never), true, 'asked ahead of need');
  await new Promise(setImmediate);
  t.equal(watch.streamed(2_300, 0, never), true, 'the last step is a smaller one');
  await new Promise(setImmediate);
  const fault = watch.streamed(2_500, 0, never);
  t.match(fault, { code: 'budget_exceeded' });
  stage.settle?.(x, { kind: 'done' });
  t.same(x.hold?.draws, []);
});

t.test('a stream that may use a budget up goes out with a cap, and can use all that is left', async (t) => {
  const stage = start([cap('0.0035')], { stream_step_tokens: 1_000 });
  const x = streaming({ n: 2 });
  await stage.enter(x);
  const capTokens = Number(x.call.body.max_tokens);
  t.equal(x.answerHeaders['x-sluice-output-cap'], String(capTokens));
  t.ok(capTokens > 1_100 && capTokens < 1_250, `${capTokens} for each of two answers`);
  const watch = stage.watch?.(x as never);
  if (watch === undefined) return t.fail('nobody watches');
  t.equal(watch.ceilingTokens, 2 * capTokens);
  for (const bytes of [900, 1_900, 2_400, 9_000]) {
    watch.streamed(bytes, bytes / 8, () => undefined);
    await new Promise(setImmediate);
    t.equal(watch.streamed(bytes, bytes / 8, never), true, `${bytes} bytes`);
  }
  t.equal(watch.streamed(20_000, 2 * capTokens, never), true);
  t.equal(
    watch.streamed(20_000, 2 * capTokens + 9, () => undefined),
    false,
    'it heeds no cap: is there more?',
  );
  await new Promise(setImmediate);
  t.match(watch.streamed(20_000, 2 * capTokens + 9, never), { code: 'budget_exceeded' });
  x.attempts.push(testAttempt({ inputTokens: 10, outputTokens: 2 * capTokens }));
  stage.settle?.(x, { kind: 'done' });
});

t.test('nobody is capped where that is not wanted, or where a whole answer can be paid for', async (t) => {
  const refusing = streaming();
  await start([cap('0.0035')], { when_short: 'refuse' }).enter(refusing);
  t.equal(refusing.call.changed, false);
  const known = { model_outputs: [{ models: ['m'], max_output_tokens: 900 }], stream_step_tokens: 500 };
  const stage = start([cap('0.0035')], known);
  const x = streaming();
  await stage.enter(x);
  t.equal(x.call.changed, false);
  const watch = stage.watch?.(x as never);
  t.equal(watch?.ceilingTokens, 900);
  watch?.streamed(400, 50, never);
  await new Promise(setImmediate);
  t.equal(watch?.streamed(9_000, 800, never), true, 'more than the model writes is not reserved');
});

t.test(
  'who looks whether a whole answer can be paid for does not keep that from the other nodes',
  async (t) => {
    const shared = ledger();
    const settings = { stream_step_tokens: 100, default_output_cap_tokens: 4_000 };
    for (const node of ['first', 'second', 'third']) {
      const x = streaming();
      await start([cap('0.008')], settings, shared).enter(x);
      await new Promise(setImmediate);
      t.equal(x.call.changed, false, `${node}: 4,000 of 8,000 tokens can be had`);
    }
  },
);

t.test('what the ledger grants to a stream that has ended is free again', async (t) => {
  const stage = start([cap('0.01')], { stream_step_tokens: 1_000 });
  const x = streaming();
  await stage.enter(x);
  const watch = stage.watch?.(x as never);
  watch?.streamed(900, 0, never);
  stage.settle?.(x, { kind: 'done' });
  await new Promise(setImmediate);
  const rest = exchange({ body: body({ max_tokens: 8_000 }) });
  await stage.enter(rest);
  t.equal(rest.call.changed, false, 'all of it is there');
});

t.test('a cap that cannot be paid for is lowered to what can', async (t) => {
  // $0.002 are 2,000 tokens; the input is bounded by its bytes and 1,024 hidden tokens.
  const x = exchange({ body: body({ max_tokens: 5_000 }) });
  await start([cap('0.002')]).enter(x);
  t.equal(x.call.body.max_tokens, 2_000 - 1_024 - x.bytes.length);
});

t.test(
  'what not even the lowest cap makes payable is refused, saying which budget, how much and when',
  async (t) => {
    const x = exchange({ body: body({ max_tokens: 5_000 }) });
    const fault = await faultOf(() => start([cap('0.0012')]).enter(x));
    t.equal(fault.code, 'budget_exceeded');
    t.equal(fault.status, 429);
    t.equal(fault.headers()['x-should-retry'], 'false');
    t.match(
      fault.message,
      /"policy\/p\/cap" of this organisation has \$0\.0012 of \$0\.0012 left this month/,
    );
    t.match(fault.message, /resets at 2026-12-01T00:00:00\.000Z/);
    t.equal(x.call.changed, false);
    const refused = await faultOf(() =>
      start([cap('0.002')], { when_short: 'refuse' }).enter(exchange({ body: body({ max_tokens: 5_000 }) })),
    );
    t.equal(refused.code, 'budget_exceeded');
  },
);

t.test('one budget that refuses takes nothing from the others', async (t) => {
  const stage = start([cap('1'), cap('0.0000001', { id: 'tiny' })]);
  const fault = await faultOf(() => stage.enter(exchange({ body: body({ max_tokens: 10 }) })));
  t.match(fault.message, /"tiny"/);
});

t.test('models without a price: told, or refused where policy or a hard budget wants one', async (t) => {
  const unknown = { provider: 'p', model: 'x', region: undefined };
  const known = { provider: 'p', model: 'm', region: undefined };
  const allowed = exchange({ targets: [unknown] });
  await start([]).enter(allowed);
  t.equal(allowed.answerHeaders['x-sluice-unpriced'], 'true');

  const byPolicy = await faultOf(() =>
    start([]).enter(exchange({ targets: [unknown], verdict: { unpriced: 'refuse' } })),
  );
  t.equal(byPolicy.code, 'unpriced_model');
  const byBudget = await faultOf(() => start([cap('1')]).enter(exchange({ targets: [unknown] })));
  t.equal(byBudget.code, 'unpriced_model');

  const fallback = exchange({ targets: [unknown, known] });
  await start([cap('1')]).enter(fallback);
  t.same(fallback.plan.targets, [known], 'the plan goes on without it');
});

t.test('embeddings hold their input alone; counting tokens holds nothing', async (t) => {
  const x = exchange({ operation: 'embeddings', body: { model: 'm', input: 'hi' } });
  await start([cap('0.0012')]).enter(x);
  t.ok(x.hold);
  t.equal(x.call.changed, false);
  const counting = exchange({ operation: 'count_tokens' });
  await start([cap('0')]).enter(counting);
  t.equal(counting.hold, undefined);
});
