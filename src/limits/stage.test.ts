import t from 'tap';
import { testAttempt, testExchange, testPrincipal } from '../../test/support/exchange.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { Call } from '../gateway/stage.ts';
import type { HasAdmission } from './admission.ts';
import { memoryCounter } from './memory.ts';
import type { LimitRule } from './rule.ts';
import { admit, admitModel } from './stage.ts';
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

t.test('tokens are estimated from the bytes and corrected by what the attempts used', async (t) => {
  const stage = start([{ per: 'key', tokens_per_minute: 1_000 }]);
  const x = exchange();
  stage.enter(x);
  t.equal(x.answerHeaders['x-ratelimit-remaining-tokens'], String(1_000 - Math.ceil(x.declaredBytes / 4)));
  x.attempts.push(testAttempt({ inputTokens: 100, outputTokens: 300 }), testAttempt({ inputTokens: 100 }));
  stage.settle?.(x, { kind: 'done' });
  const next = exchange();
  stage.enter(next);
  t.equal(
    next.answerHeaders['x-ratelimit-remaining-tokens'],
    String(500 - Math.ceil(next.declaredBytes / 4)),
  );
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
    const stage = admitModel({ limitsFor: () => rules, counter: memoryCounter(clock) });
    const call = (model: string) => {
      const base = testExchange({ principal });
      return {
        ...base,
        call: new Call(base.call.body, { ...base.call.described, model }),
        modelAdmission: null,
      };
    };
    const first = call('big-1');
    stage.enter(first);
    t.throws(() => stage.enter(call('big-1')), {
      code: 'rate_limit_exceeded',
      message: /limit of 1 requests per minute for model "big-1" of this organisation/,
    });
    stage.enter(call('big-2'));
    const small = call('small');
    for (let n = 0; n < 3; n++) stage.enter(small);
    t.equal(small.modelAdmission, undefined, 'the rule for all calls is not counted twice');
    t.equal(start(rules).enter(exchange()), undefined);
    stage.settle?.(first, { kind: 'done' });
  },
);
