import t from 'tap';
import { testAttempt, testExchange, testPrincipal } from '../../test/support/exchange.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { Call } from '../gateway/stage.ts';
import type { HasAdmission, HasCallAdmission } from './admission.ts';
import { memoryCounter } from './memory.ts';
import type { LimitRule } from './rule.ts';
import { admit, admitCall } from './stage.ts';
import { duration } from './wire.ts';

const clock: Clock = { now: () => 0, elapsed: () => 1_000 };
const start = (rules: readonly LimitRule[]) =>
  admit({ limitsFor: () => rules, counter: memoryCounter(clock) });
const principal = testPrincipal();
const exchange = (): ReturnType<typeof testExchange> & { admission: HasAdmission['admission'] | null } => ({
  ...testExchange({ principal }),
  admission: null,
});

t.test('refuses synchronously, saying which limit, whose, and when to come back', async (t) => {
  const stage = start([{ per: 'key', requests_per_minute: 2 }]);
  const x = exchange();
  t.equal(stage.enter(x), undefined);
  t.match(x.answerHeaders, {
    'x-ratelimit-limit-requests': '2',
    'x-ratelimit-remaining-requests': '1',
    'x-ratelimit-reset-requests': '30s',
  });
  stage.enter(exchange());
  try {
    stage.enter(exchange());
    t.fail('admitted');
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    t.equal(thrown.code, 'rate_limit_exceeded');
    t.equal(thrown.message, 'The limit of 2 requests per minute for this key is used up. Try again in 30s.');
    t.match(thrown.headers(), { 'retry-after': '30', 'x-should-retry': 'true' });
  }
});

t.test('a client is never told that more is left than its limit', async (t) => {
  const stage = start([{ per: 'key', requests_per_minute: 100_000_000 }]);
  const x = exchange();
  stage.enter(x);
  t.match(x.answerHeaders, {
    'x-ratelimit-limit-requests': '100000000',
    'x-ratelimit-remaining-requests': '100000000',
  });
});

t.test('a slot is given back once by every way out, and never by who was refused', async (t) => {
  const stage = start([{ per: 'org', concurrent_requests: 1 }]);
  const first = exchange();
  stage.enter(first);
  const second = exchange();
  t.throws(() => stage.enter(second), { code: 'concurrency_limit_exceeded' });
  stage.settle?.(second, { kind: 'done' });
  t.throws(() => stage.enter(exchange()), { code: 'concurrency_limit_exceeded' }, 'the first one still runs');
  stage.settle?.(first, { kind: 'abandoned', fault: new Fault('client_closed_request', '') });
  stage.enter(exchange());
});

const startCalls = (rules: readonly LimitRule[], uncappedOutputTokens = 0) =>
  admitCall({ limitsFor: () => rules, counter: memoryCounter(clock), uncappedOutputTokens });
const call = (described: Partial<Call['described']> = {}) => {
  const base = testExchange({ principal });
  const admission: { callAdmission: HasCallAdmission['callAdmission'] | null } = { callAdmission: null };
  return { ...base, ...admission, call: new Call(base.call.body, { ...base.call.described, ...described }) };
};
const left = ({ answerHeaders }: ReturnType<typeof call>): number =>
  Number(answerHeaders['x-ratelimit-remaining-tokens']);

t.test('tokens are reserved up to the cap, and corrected by what the attempts used', async (t) => {
  const stage = startCalls([{ per: 'key', tokens_per_minute: 1_000 }]);
  const first = call({ outputCapTokens: 100, choices: 3 });
  stage.enter(first);
  const input = Math.ceil(first.call.bytes().length / 4);
  t.equal(left(first), 700 - input);
  const second = call({ outputCapTokens: 0 });
  stage.enter(second);
  t.equal(left(second), 700 - 2 * input, 'input alone, where nothing is written');
  first.attempts.push(
    testAttempt({ inputTokens: 100, outputTokens: 100 }),
    testAttempt({ inputTokens: 100 }),
  );
  stage.settle?.(first, { kind: 'done' });
  stage.settle?.(second, { kind: 'done' });
  const third = call({ outputCapTokens: 0 });
  stage.enter(third);
  t.equal(left(third), 700 - input);
});

t.test('as many as ask at once cannot use a minute’s tokens many times over', async (t) => {
  for (const outputCapTokens of [400, undefined]) {
    const stage = startCalls([{ per: 'key', tokens_per_minute: 1_000 }], 400);
    const running = [call({ outputCapTokens }), call({ outputCapTokens }), call({ outputCapTokens })];
    for (const one of running) stage.enter(one);
    t.throws(() => stage.enter(call({ outputCapTokens })), { code: 'rate_limit_exceeded' });
    for (const one of running) stage.settle?.(one, { kind: 'done' });
    const next = call({ outputCapTokens: 0 });
    stage.enter(next);
    t.ok(left(next) > 900, 'what they did not use is there again');
  }
});

t.test('a cap beyond all reason reserves a minute, and no more', async (t) => {
  const stage = startCalls([
    { per: 'key', tokens_per_minute: 1_000 },
    { per: 'org', tokens_per_minute: 5_000 },
  ]);
  const greedy = call({ outputCapTokens: Number.MAX_SAFE_INTEGER, choices: 128 });
  stage.enter(greedy);
  t.equal(greedy.callAdmission?.reservedTokens, 1_000, 'of the smaller limit');
  stage.settle?.(greedy, { kind: 'done' });
  const next = call({ outputCapTokens: 0 });
  stage.enter(next);
  t.ok(left(next) > 900);
});

t.test('where no token is left, nothing more is read of a request', async (t) => {
  const counter = memoryCounter(clock);
  const limitsFor = () => [{ per: 'key', tokens_per_minute: 10 } as const];
  const calls = admitCall({ limitsFor, counter, uncappedOutputTokens: 0 });
  const door = admit({ limitsFor, counter });
  calls.enter(call({ outputCapTokens: 100 }));
  t.throws(() => door.enter(exchange()), { code: 'rate_limit_exceeded' });
});

t.test('the lowest of several rules holds; one without a subject does not', async (t) => {
  const stage = start([
    { per: 'key', requests_per_minute: 5 },
    { per: 'key', requests_per_minute: 3 },
    { per: 'team', requests_per_minute: 1 },
  ]);
  const x = exchange();
  stage.enter(x);
  t.equal(x.answerHeaders['x-ratelimit-limit-requests'], '3');
  t.equal(x.admission?.limits.length, 1);
});

t.test('durations read as OpenAI writes them', async (t) => {
  t.same([0, 17, 1_500, 59_999, 360_000].map(duration), ['0ms', '17ms', '1.5s', '60s', '6m0s']);
});

t.test(
  'limits of a model: each that a rule names has them for itself, and others cost nothing',
  async (t) => {
    const rules: readonly LimitRule[] = [
      { per: 'org', models: ['big-*'], requests_per_minute: 1, concurrent_requests: 5 },
      { per: 'org', requests_per_minute: 1 },
    ];
    const stage = startCalls(rules);
    const first = call({ model: 'big-1' });
    stage.enter(first);
    t.throws(() => stage.enter(call({ model: 'big-1' })), {
      code: 'rate_limit_exceeded',
      message: /limit of 1 requests per minute for model "big-1" of this organisation/,
    });
    stage.enter(call({ model: 'big-2' }));
    const small = call({ model: 'small' });
    for (let n = 0; n < 3; n++) stage.enter(small);
    t.equal(small.callAdmission, undefined, 'the rule for all calls is not counted twice');
    t.equal(start(rules).enter(exchange()), undefined);
    stage.settle?.(first, { kind: 'done' });
  },
);
