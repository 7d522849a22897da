/** Plans with several targets on real sockets: slow ones, broken ones, and those that reject what others take. */
import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { Fault } from '../../src/core/fault.ts';
import { type Manner, PATIENT, type Target } from '../../src/providers/index.ts';
import { startChecks, targetStates } from '../../src/routing/index.ts';
import { routingSettings } from '../../src/routing/settings.ts';
import { silent } from '../support/database.ts';
import { abandonable, drain, type TestExchange, testExchange } from '../support/exchange.ts';
import { until } from '../support/until.ts';
import { compatible, testGateway } from '../upstream/gateway.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const ANSWER = '{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}';
const OK: UpstreamReply = { chunks: [ANSWER] };
const SILENT: UpstreamReply = { ending: 'silent' };
const DOWN: UpstreamReply = { status: 503, chunks: ['{"error":{"message":"down"}}'] };

function targets(...names: [string, ...string[]]): readonly [Target, ...Target[]] {
  const [first, ...others] = names.map((provider) => ({ provider, model: 'm', region: undefined }));
  return [first as Target, ...others];
}

function exchange(names: [string, ...string[]], manner: Partial<Manner> = {}): TestExchange {
  return testExchange({ targets: targets(...names), manner: { ...PATIENT, ...manner } });
}

const told = ({ attempts }: TestExchange) =>
  attempts.map(({ provider, role, outcome, reason }) => [provider, role, outcome, reason]);

t.test('a target that does not begin to answer in time is left, and billed by estimate', async (t) => {
  const slow = await startUpstream(t, [SILENT]);
  const fine = await startUpstream(t, [OK]);
  const gateway = testGateway(t, { slow: compatible(slow.url), fine: compatible(fine.url) });
  const x = exchange(['slow', 'fine'], { firstByteMs: 40 });
  t.equal(await gateway.call(x), undefined);
  t.strictSame(told(x), [
    ['slow', 'first', 'failed', 'provider_timeout'],
    ['fine', 'fallback', 'running', undefined],
  ]);
  t.match(x.attempts[0]?.usage, { source: 'estimated', outputTokens: 0 });
  t.ok((x.attempts[0]?.usage.inputTokens ?? 0) > 0, 'the provider has read the request (bifrost#3357)');
  t.match(
    x.answerHeaders['x-sluice-route'],
    /^slow\/m;first;failed=provider_timeout;ms=\d+, fine\/m;fallback;answered;ms=\d+$/,
  );
  await slow.whenAborted(1);
});

t.test('the last target is waited for: nobody is left to ask in its place', async (t) => {
  const late = await startUpstream(t, [{ ...OK, latencyMs: 80 }]);
  const gateway = testGateway(t, { late: compatible(late.url) });
  const x = exchange(['late'], { firstByteMs: 20, hedgeAfterMs: 10 });
  t.equal(await gateway.call(x), undefined);
  t.equal(x.attempts.length, 1);
  t.equal(x.answerHeaders['x-sluice-route'], undefined, 'one call needs no story');
});

t.test('a hedge that answers first wins; the loser is let go and billed', async (t) => {
  const slow = await startUpstream(t, [SILENT]);
  const fine = await startUpstream(t, [OK]);
  const gateway = testGateway(t, { slow: compatible(slow.url), fine: compatible(fine.url) });
  const x = exchange(['slow', 'fine'], { hedgeAfterMs: 30 });
  t.equal(await gateway.call(x), undefined);
  t.strictSame(told(x), [
    ['slow', 'first', 'cancelled', 'hedge_lost'],
    ['fine', 'hedge', 'running', undefined],
  ]);
  t.ok((x.attempts[0]?.usage.inputTokens ?? 0) > 0);
  t.equal(x.answerHeaders['x-sluice-provider'], 'fine');
  if (x.answer) t.equal((await drain(x.answer.source)).text, ANSWER);
  gateway.settle(x, 'done');
  await slow.whenAborted(1);
  t.equal(gateway.providers.deadlines.size, 0);
  for (const provider of ['slow', 'fine'])
    t.equal(gateway.targets.of({ provider, model: 'm' }).pending, 0, `${provider}: nothing is under way`);
});

t.test('where the first one wins all the same, its attempt is the last of the list', async (t) => {
  const late = await startUpstream(t, [{ ...OK, latencyMs: 120 }]);
  const silent = await startUpstream(t, [SILENT]);
  const gateway = testGateway(t, { late: compatible(late.url), silent: compatible(silent.url) });
  const x = exchange(['late', 'silent'], { hedgeAfterMs: 20 });
  t.equal(await gateway.call(x), undefined);
  t.strictSame(told(x), [
    ['silent', 'hedge', 'cancelled', 'hedge_lost'],
    ['late', 'first', 'running', undefined],
  ]);
  t.equal(x.answerHeaders['x-sluice-provider'], 'late');
  await silent.whenAborted(1);
});

t.test('both calls of a hedge fail: the plan goes on after them', async (t) => {
  const late = await startUpstream(t, [{ ...DOWN, latencyMs: 60 }]);
  const down = await startUpstream(t, [DOWN]);
  const fine = await startUpstream(t, [OK]);
  const gateway = testGateway(t, {
    late: compatible(late.url),
    down: compatible(down.url),
    fine: compatible(fine.url),
  });
  const x = exchange(['late', 'down', 'fine'], { hedgeAfterMs: 20 });
  t.equal(await gateway.call(x), undefined);
  t.strictSame(
    told(x).map(([provider, role]) => `${provider} ${role}`),
    ['late first', 'down hedge', 'fine fallback'],
  );
});

t.test('a client that leaves ends both calls', async (t) => {
  const one = await startUpstream(t, [SILENT]);
  const two = await startUpstream(t, [SILENT]);
  const gateway = testGateway(t, { one: compatible(one.url), two: compatible(two.url) });
  const { x, leave } = abandonable({
    targets: targets('one', 'two'),
    manner: { ...PATIENT, hedgeAfterMs: 10 },
  });
  const called = gateway.call(x);
  while (two.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  leave();
  t.equal((await called)?.code, 'client_closed_request');
  await Promise.all([one.whenAborted(1), two.whenAborted(1)]);
  t.strictSame(
    told(x).map(([, , outcome]) => outcome),
    ['cancelled', 'cancelled'],
  );
  t.equal(gateway.targets.of({ provider: 'one', model: 'm' }).pending, 0);
});

t.test('hedges are a share of the requests, however many are slow', async (t) => {
  const late = await startUpstream(t, [{ ...OK, latencyMs: 15 }]);
  const fine = await startUpstream(t, [{ ...OK, latencyMs: 15 }]);
  const gateway = testGateway(
    t,
    { late: compatible(late.url), fine: compatible(fine.url) },
    {},
    { hedge_percent: 10 },
  );
  for (let turn = 0; turn < 12; turn++) {
    const x = exchange(['late', 'fine'], { hedgeAfterMs: 1 });
    await gateway.call(x);
    gateway.settle(x, 'done');
  }
  t.ok(fine.requests.length <= 5, `${fine.requests.length} hedges: what was saved up, and no more`);
});

t.test('what one provider rejects another may take, where the model says so', async (t) => {
  const small = await startUpstream(t, [
    {
      status: 400,
      chunks: [
        '{"error":{"message":"This model’s maximum context length is 8192","code":"context_length_exceeded"}}',
      ],
    },
  ]);
  const strict = await startUpstream(t, [
    { status: 400, chunks: ['{"error":{"message":"no","code":"content_filter"}}'] },
  ]);
  const picky = await startUpstream(t, [{ status: 400, chunks: ['{"error":{"message":"no such field"}}'] }]);
  const fine = await startUpstream(t, [OK]);
  const gateway = testGateway(t, {
    small: compatible(small.url),
    strict: compatible(strict.url),
    picky: compatible(picky.url),
    fine: compatible(fine.url),
  });
  const cases = [
    { first: 'small', fallbackOn: ['context_length'], fault: undefined },
    { first: 'small', fallbackOn: [], fault: 'provider_rejected' },
    { first: 'strict', fallbackOn: ['context_length'], fault: 'provider_rejected' },
    { first: 'strict', fallbackOn: ['content_policy'], fault: undefined },
    { first: 'picky', fallbackOn: ['context_length', 'content_policy'], fault: 'provider_rejected' },
  ] as const;
  for (const { first, fallbackOn, fault } of cases) {
    const refused = await gateway.call(exchange([first, 'fine'], { fallbackOn }));
    t.equal(refused?.code, fault, `${first}, ${fallbackOn.join(' ')}`);
  }
});

t.test('a target that keeps failing is left alone, probed, and taken back', async (t) => {
  let broken = true;
  let skippedMs = 0;
  const flapping = await startUpstream(t, () => (broken ? DOWN : OK));
  const fine = await startUpstream(t, [OK]);
  const gateway = testGateway(
    t,
    { flapping: compatible(flapping.url), fine: compatible(fine.url) },
    { max_attempts_per_target: 1 },
    { circuit: { min_calls: 3, open_ms: 600_000 } },
    { now: () => Date.now() + skippedMs, elapsed: () => performance.now() + skippedMs },
  );
  const ask = async (): Promise<string | undefined> => {
    const x = exchange(['flapping', 'fine']);
    await gateway.call(x);
    gateway.settle(x, 'done');
    return x.attempts.at(-1)?.provider;
  };
  for (let turn = 0; turn < 6; turn++) t.equal(await ask(), 'fine');
  t.equal(flapping.requests.length, 3, 'its circuit is open');
  t.equal(gateway.targets.of({ provider: 'flapping', model: 'm' }).condition(), 'open');
  broken = false;
  skippedMs = 600_001;
  t.equal(await ask(), 'flapping', 'the probe succeeds');
  t.equal(gateway.targets.of({ provider: 'flapping', model: 'm' }).condition(), 'closed');
});

t.test('where every circuit is open, or there is one target only, it is asked all the same', async (t) => {
  const down = await startUpstream(t, [DOWN]);
  const gateway = testGateway(
    t,
    { a: compatible(down.url), b: compatible(down.url) },
    { max_attempts_per_target: 1 },
    { circuit: { min_calls: 1 } },
  );
  for (let turn = 0; turn < 3; turn++) {
    t.equal((await gateway.call(exchange(['a'])))?.code, 'provider_overloaded');
    t.equal((await gateway.call(exchange(['a', 'b'])))?.code, 'provider_overloaded');
  }
  t.ok(down.requests.length >= 6, 'nobody is refused what might have succeeded');
});

t.test('a rate-limited target is left alone for as long as it asks; a date counts too', async (t) => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  for (const headers of [{ 'retry-after': '60' }, { 'retry-after': inAMinute }]) {
    const limited = await startUpstream(t, [{ status: 429, chunks: ['{}'], headers }]);
    const fine = await startUpstream(t, [OK]);
    const gateway = testGateway(t, { limited: compatible(limited.url), fine: compatible(fine.url) });
    for (let turn = 0; turn < 3; turn++)
      t.equal(await gateway.call(exchange(['limited', 'fine'])), undefined);
    t.equal(limited.requests.length, 1);
    t.equal(gateway.targets.of({ provider: 'limited', model: 'm' }).condition(), 'resting');
  }
});

t.test('retries of one target are a share of its calls', async (t) => {
  const down = await startUpstream(t, [DOWN]);
  const gateway = testGateway(t, { p: compatible(down.url) }, {}, { retry_percent: 10 });
  for (let turn = 0; turn < 30; turn++) await gateway.call(exchange(['p']));
  t.ok(down.requests.length >= 40 && down.requests.length <= 30 + 10 + 5, `${down.requests.length} calls`);
});

t.test('garbage with status 200 is no answer', async (t) => {
  const html = await startUpstream(t, [{ headers: { 'content-type': 'text/html' }, chunks: ['<html>'] }]);
  const fine = await startUpstream(t, [OK]);
  const gateway = testGateway(t, { html: compatible(html.url), fine: compatible(fine.url) });
  const x = exchange(['html', 'fine']);
  t.equal(await gateway.call(x), undefined);
  t.strictSame(told(x)[0], ['html', 'first', 'failed', 'provider_error']);
});

t.test('a stream that breaks off counts against its target', async (t) => {
  const headers = { 'content-type': 'text/event-stream' };
  const chunks = ['data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'];
  const broken = await startUpstream(t, [{ headers, chunks, ending: 'cut' }]);
  const gateway = testGateway(t, { p: compatible(broken.url) });
  const x = testExchange({ body: { model: 'm', stream: true, messages: [] } });
  await gateway.call(x);
  const { fault } = x.answer ? await drain(x.answer.source) : { fault: undefined };
  gateway.settle(x, 'failed', fault ?? new Fault('internal_error', 'it did not break'));
  const state = gateway.targets.of({ provider: 'p', model: 'm' });
  t.strictSame([state.pending, state.counts], [0, { calls: 1, failures: 1 }]);
});

t.test('a health check finds a provider down, and up again, without a request', async (t) => {
  let status = 401;
  const checked = await startUpstream(t, () => ({ status }));
  const targets = targetStates(
    routingSettings.parse({ circuit: { min_calls: 1, open_ms: 600_000 } }),
    systemClock,
  );
  const state = targets.of({ provider: 'p', model: 'm' });
  const checks = startChecks({
    urls: new Map([['p', checked.url]]),
    intervalMs: 5,
    timeoutMs: 1_000,
    saw: (provider, up) => targets.saw(provider, up),
    log: silent,
  });
  t.teardown(() => checks.stop());
  await until(async () => checked.requests.length > 2);
  t.equal(state.condition(), 'closed', 'who asks for a key is there');
  status = 502;
  await until(async () => state.condition() === 'down');
  t.notOk(state.admits());
  state.came('failed', 1);
  status = 404;
  await until(async () => state.condition() === 'half_open');
  t.ok(state.admits(), 'an open circuit may be probed at once');
});
