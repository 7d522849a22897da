import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { Fault } from '../../src/core/fault.ts';
import type { Target } from '../../src/providers/index.ts';
import { awakeMs } from '../support/awake.ts';
import { abandonable, drain, testExchange } from '../support/exchange.ts';
import { compatible, testGateway } from '../upstream/gateway.ts';
import { oddly, perByte, perEvent, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const EVENT_STREAM = { 'content-type': 'text/event-stream' };
const DELTA =
  'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"grüß 水"}}]}\r\n\r\n';
const STREAM = `: comment\n\n${DELTA}${DELTA}data: [DONE]\n\n`;
const ANSWER = '{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}';
const OK: UpstreamReply = { chunks: [ANSWER] };
const streamed = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hello' }] };

const gone = (): Fault => new Fault('client_closed_request', 'gone');

function targets(...names: [string, ...string[]]): readonly [Target, ...Target[]] {
  const [first, ...others] = names.map((provider) => ({ provider, model: 'm', region: undefined }));
  return [first as Target, ...others];
}

t.test('an answer comes through as it is, and the attempt says how it went', async (t) => {
  const upstream = await startUpstream(t, [
    { ...OK, headers: { 'x-request-id': 'up-1', 'x-ratelimit-limit-requests': '9' } },
  ]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  const x = testExchange();
  t.equal(await gateway.call(x), undefined);
  t.match(x.answer, { status: 200, stream: false, usageInjected: false });
  t.strictSame(x.answer?.headers, { 'content-type': 'application/json', 'x-provider-request-id': 'up-1' });
  t.strictSame(x.answerHeaders, {
    'x-sluice-provider': 'p',
    'x-sluice-model': 'm',
    'x-sluice-attempts': '1',
  });
  if (x.answer) t.equal((await drain(x.answer.source)).text, ANSWER);
  gateway.settle(x, 'done');
  t.match(x.attempts, [{ provider: 'p', model: 'm', status: 200, outcome: 'answered' }]);
  t.type(x.attempts[0]?.firstByteMs, 'number');
  t.type(x.attempts[0]?.durationMs, 'number');
  t.equal(upstream.requests[0]?.path, '/v1/chat/completions');
  t.equal(upstream.requests[0]?.body, Buffer.from(x.bytes).toString(), 'the body is the client’s own');
  t.equal(gateway.providers.deadlines.size, 0, 'nothing is watched any more');
});

t.test('any chunking of a stream gives the same bytes', async (t) => {
  const cuts = [[STREAM], perEvent(STREAM), perByte(STREAM), oddly(STREAM)];
  const upstream = await startUpstream(t, (_request, index) => ({
    headers: EVENT_STREAM,
    chunks: cuts[index] ?? [],
  }));
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  for (const _ of cuts) {
    const x = testExchange({ body: streamed });
    t.equal(await gateway.call(x), undefined);
    t.equal(x.answer?.usageInjected, true, 'usage is asked for where the client did not');
    if (x.answer) t.strictSame((await drain(x.answer.source)).text, STREAM);
  }
  t.match(JSON.parse(upstream.requests[0]?.body ?? ''), { stream_options: { include_usage: true } });
});

t.test('the first byte of a stream is not held back (kong#12680)', async (t) => {
  const upstream = await startUpstream(t, [{ headers: EVENT_STREAM, chunks: [DELTA], ending: 'hang' }]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  const x = testExchange({ body: streamed });
  t.equal(await gateway.call(x), undefined);
  const first = await new Promise<string>((resolve) => {
    x.answer?.source.pipe({
      data: (chunk) => {
        resolve(Buffer.from(chunk).toString());
        return true;
      },
      end: () => undefined,
      fail: () => undefined,
    });
  });
  t.equal(first, DELTA);
  x.answer?.source.cancel(gone());
  await upstream.whenAborted(1);
});

t.test('each failure before the first byte has its class', async (t) => {
  const cases: {
    readonly name: string;
    readonly reply: UpstreamReply;
    readonly code: string;
    readonly calls: number;
    readonly status?: number;
    readonly stream?: boolean;
  }[] = [
    {
      name: 'bad request',
      reply: refused(
        400,
        '{"error":{"message":"no such field","type":"invalid_request_error","param":"foo","code":"unknown"}}',
      ),
      code: 'provider_rejected',
      calls: 1,
      status: 400,
    },
    {
      name: 'unknown model',
      reply: refused(404, '{"error":{"message":"no model m"}}'),
      code: 'provider_rejected',
      calls: 1,
      status: 404,
    },
    { name: 'too large', reply: refused(413, 'too large'), code: 'provider_rejected', calls: 1, status: 413 },
    {
      name: 'unprocessable',
      reply: refused(422, '{"detail":"bad"}'),
      code: 'provider_rejected',
      calls: 1,
      status: 422,
    },
    {
      name: 'bad key',
      reply: refused(401, '{"error":{"message":"Incorrect API key provided: sk-abc"}}'),
      code: 'provider_auth_failed',
      calls: 1,
    },
    {
      name: 'bad key under 400 (Gemini, xAI)',
      reply: refused(400, '{"code":"invalid-argument","error":"Incorrect API key provided: xa***"}'),
      code: 'provider_auth_failed',
      calls: 1,
    },
    {
      name: 'no credit',
      reply: refused(429, '{"error":{"type":"insufficient_quota","message":"org-123 has no quota"}}'),
      code: 'provider_error',
      calls: 1,
    },
    {
      name: 'rate limit',
      reply: refused(429, '{"error":{"message":"slow down, org-123"}}'),
      code: 'provider_rate_limited',
      calls: 2,
    },
    {
      name: 'overload',
      reply: refused(529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'),
      code: 'provider_overloaded',
      calls: 2,
    },
    { name: 'internal error', reply: refused(500, '<html>'), code: 'provider_error', calls: 2 },
    { name: 'redirect', reply: refused(302, ''), code: 'provider_error', calls: 1 },
    {
      name: 'cut before the head',
      reply: { ending: 'silent', latencyMs: 0 },
      code: 'provider_timeout',
      calls: 1,
    },
    { name: 'reset before the body', reply: { ending: 'reset' }, code: 'provider_stream_broken', calls: 2 },
    { name: 'empty body', reply: { chunks: [] }, code: 'provider_error', calls: 2 },
    {
      name: 'stream without an event',
      reply: { headers: EVENT_STREAM, chunks: [': ping\n\n'] },
      code: 'provider_error',
      calls: 2,
      stream: true,
    },
    {
      name: 'error as first event (groq)',
      reply: {
        headers: EVENT_STREAM,
        chunks: ['event: error\ndata: {"error":{"message":"down","type":"server_error"}}\n\n'],
      },
      code: 'provider_error',
      calls: 2,
      stream: true,
    },
    {
      name: 'overload as first event',
      reply: {
        headers: EVENT_STREAM,
        chunks: ['data: {"error":{"message":"busy","type":"overloaded_error"}}\n\n'],
      },
      code: 'provider_overloaded',
      calls: 2,
      stream: true,
    },
    {
      name: 'rate limit as first event (openrouter)',
      reply: { headers: EVENT_STREAM, chunks: ['data: {"error":{"message":"busy","code":429}}\n\n'] },
      code: 'provider_rate_limited',
      calls: 2,
      stream: true,
    },
    {
      name: 'JSON where a stream was asked for',
      reply: { chunks: ['{}'] },
      code: 'provider_error',
      calls: 1,
      stream: true,
    },
    {
      name: 'a stream where none was asked for',
      reply: { headers: EVENT_STREAM, chunks: [DELTA] },
      code: 'provider_error',
      calls: 1,
    },
    {
      name: 'compressed in a way that is not known',
      reply: { headers: { 'content-encoding': 'compress' }, chunks: ['x'] },
      code: 'provider_error',
      calls: 1,
    },
    {
      name: 'not compressed, although it says so',
      reply: { headers: { 'content-encoding': 'gzip' }, chunks: [ANSWER] },
      code: 'provider_error',
      calls: 1,
    },
  ];
  for (const { name, reply, code, calls, status, stream } of cases) {
    await t.test(name, async (t) => {
      const upstream = await startUpstream(t, [reply]);
      const gateway = testGateway(t, { p: compatible(upstream.url, { timeouts_ms: { first_byte: 80 } }) });
      const x = testExchange(stream ? { body: streamed } : {});
      const fault = await gateway.call(x);
      t.equal(fault?.code, code, fault?.message ?? 'no fault');
      t.equal(upstream.requests.length, calls);
      t.equal(x.attempts.length, calls, 'one attempt per call (bifrost#3357)');
      for (const attempt of x.attempts) {
        t.match(attempt, { outcome: 'failed', reason: code });
        t.type(attempt.durationMs, 'number');
      }
      t.equal(x.answer, null);
      t.equal(x.answerHeaders['x-sluice-attempts'], String(calls));
      if (status) t.equal(fault?.status, status);
      t.notMatch(
        JSON.stringify([fault?.message, fault?.details.metadata]),
        /sk-abc|xa\*|org-123/,
        'no account data',
      );
      t.equal(gateway.providers.deadlines.size, 0);
    });
  }
});

function refused(status: number, body: string): UpstreamReply {
  return { status, chunks: body === '' ? [] : [body] };
}

t.test('what the provider says of the request reaches the client', async (t) => {
  const body =
    '{"error":{"message":"temperature is too hot","type":"invalid_request_error","param":"temperature","code":"too_hot"}}';
  const upstream = await startUpstream(t, [refused(422, body)]);
  const fault = await testGateway(t, { p: compatible(upstream.url) }).call(testExchange());
  t.match(fault, { message: 'temperature is too hot', status: 422, details: { param: 'temperature' } });
  t.match(fault?.details.metadata, { provider_error: { provider: 'p', status: 422, code: 'too_hot' } });
});

t.test('nobody listens: unreachable, tried again, then the next target', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const address = closed.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  closed.close();
  const upstream = await startUpstream(t, [OK]);
  const gateway = testGateway(t, { p: compatible(`http://127.0.0.1:${port}`), q: compatible(upstream.url) });
  const x = testExchange({ targets: targets('p', 'q') });
  t.equal(await gateway.call(x), undefined);
  t.match(x.attempts, [
    { provider: 'p', outcome: 'failed', reason: 'provider_unreachable', status: undefined },
    { provider: 'p', outcome: 'failed', reason: 'provider_unreachable' },
    { provider: 'q', outcome: 'running', status: 200 },
  ]);
  t.equal(x.answerHeaders['x-sluice-provider'], 'q');
  t.equal(x.answerHeaders['x-sluice-attempts'], '3');
});

t.test('the plan is walked in its order; a bad request ends it, a bad key does not', async (t) => {
  const bad = await startUpstream(t, [refused(401, '{}')]);
  const missing = await startUpstream(t, [refused(404, '{}')]);
  const fine = await startUpstream(t, [OK]);
  const picky = await startUpstream(t, [refused(400, '{}')]);
  const gateway = testGateway(t, {
    bad: compatible(bad.url),
    missing: compatible(missing.url),
    fine: compatible(fine.url),
    picky: compatible(picky.url),
  });
  const good = testExchange({ targets: targets('bad', 'missing', 'fine', 'picky') });
  t.equal(await gateway.call(good), undefined);
  t.strictSame(
    good.attempts.map(({ provider }) => provider),
    ['bad', 'missing', 'fine'],
  );
  const refusedOne = testExchange({ targets: targets('picky', 'fine') });
  t.equal((await gateway.call(refusedOne))?.code, 'provider_rejected');
  t.equal(fine.requests.length, 1);
});

t.test('of several failures the client hears the one it can act on', async (t) => {
  const busy = await startUpstream(t, [{ ...refused(429, '{}'), headers: { 'retry-after': '30' } }]);
  const bad = await startUpstream(t, [refused(401, '{}')]);
  const gateway = testGateway(t, { busy: compatible(busy.url), bad: compatible(bad.url) });
  const fault = await gateway.call(testExchange({ targets: targets('busy', 'bad') }));
  t.equal(fault?.code, 'provider_rate_limited');
  t.equal(fault?.headers()['retry-after'], '30', 'retry-after is passed on (litellm#21553)');
  t.equal(busy.requests.length, 1, 'a pause too long to wait for is not waited for');
});

t.test('a short retry-after is waited for', async (t) => {
  const upstream = await startUpstream(t, [
    { ...refused(429, '{}'), headers: { 'retry-after-ms': '60' } },
    OK,
  ]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  const x = testExchange();
  t.equal(await gateway.call(x), undefined);
  const [first, second] = x.attempts;
  t.ok((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0) >= 55);
});

t.test('a provider that says x-should-retry: false is not asked again', async (t) => {
  const upstream = await startUpstream(t, [
    { ...refused(500, '{}'), headers: { 'x-should-retry': 'false' } },
  ]);
  await testGateway(t, { p: compatible(upstream.url) }).call(testExchange());
  t.equal(upstream.requests.length, 1);
});

t.test(
  'after the first byte nothing is tried again: the stream fails (litellm PR#32835, Portkey#1797)',
  async (t) => {
    for (const ending of ['cut', 'reset'] as const) {
      const upstream = await startUpstream(t, [{ headers: EVENT_STREAM, chunks: [DELTA, DELTA], ending }]);
      const gateway = testGateway(t, { p: compatible(upstream.url) });
      const x = testExchange({ body: streamed });
      t.equal(await gateway.call(x), undefined);
      const { fault } = x.answer ? await drain(x.answer.source) : { fault: undefined };
      t.equal(fault?.code, 'provider_stream_broken');
      t.equal(upstream.requests.length, 1);
      gateway.settle(x, 'failed', fault);
      t.match(x.attempts, [{ outcome: 'failed', reason: 'provider_stream_broken', status: 200 }]);
    }
  },
);

t.test('each time-out is named', async (t) => {
  const hanging = await startUpstream(t, [{ headers: EVENT_STREAM, chunks: [DELTA], ending: 'hang' }]);
  const gateway = testGateway(t, {
    idle: compatible(hanging.url, { timeouts_ms: { idle: 60 } }),
    total: compatible(hanging.url, { timeouts_ms: { total: 60 } }),
  });
  for (const which of ['idle', 'total'] as const) {
    const x = testExchange({ body: streamed, targets: targets(which) });
    t.equal(await gateway.call(x), undefined);
    const { fault } = x.answer ? await drain(x.answer.source) : { fault: undefined };
    t.equal(fault?.code, 'provider_timeout');
    t.match(fault?.message, new RegExp(`timeouts_ms.${which}`));
  }
  await hanging.whenAborted(2);
  t.equal(gateway.providers.deadlines.size, 0);
});

t.test(
  'the client leaves before the first byte, in the pause, mid-stream: the upstream is let go',
  async (t) => {
    await t.test('before the first byte (litellm PR#31499)', async (t) => {
      const upstream = await startUpstream(t, [{ ending: 'silent' }]);
      const gateway = testGateway(t, { p: compatible(upstream.url) });
      const { x, leave } = abandonable();
      const fault = gateway.call(x);
      while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      const tookMs = await awakeMs(async () => {
        leave();
        t.equal((await fault)?.code, 'client_closed_request');
        await upstream.whenAborted(1);
      });
      t.ok(tookMs <= 100, `the provider was let go within 100 ms: ${tookMs}`);
      t.match(x.attempts, [{ outcome: 'cancelled', reason: 'client_closed_request' }]);
    });
    await t.test('in the pause', async (t) => {
      const upstream = await startUpstream(t, [{ ...refused(503, '{}'), headers: { 'retry-after': '5' } }]);
      const gateway = testGateway(t, { p: compatible(upstream.url) });
      const { x, leave } = abandonable();
      const fault = gateway.call(x);
      while (x.attempts[0]?.outcome !== 'failed') await new Promise((resolve) => setTimeout(resolve, 2));
      leave();
      t.equal((await fault)?.code, 'client_closed_request');
      t.equal(upstream.requests.length, 1);
    });
    await t.test('mid-stream (litellm#14457)', async (t) => {
      const upstream = await startUpstream(t, [{ headers: EVENT_STREAM, chunks: [DELTA], ending: 'hang' }]);
      const gateway = testGateway(t, { p: compatible(upstream.url) });
      const x = testExchange({ body: streamed });
      await gateway.call(x);
      x.answer?.source.pipe({ data: () => true, end: () => t.fail('ended'), fail: () => t.fail('failed') });
      const tookMs = await awakeMs(async () => {
        x.answer?.source.cancel(gone());
        x.answer?.source.cancel(gone());
        await upstream.whenAborted(1);
      });
      t.ok(tookMs <= 100, `the provider was let go within 100 ms: ${tookMs}`);
      gateway.settle(x, 'abandoned', gone());
      t.match(x.attempts, [{ outcome: 'cancelled', reason: 'client_closed_request' }]);
    });
    await t.test('left before it came: nothing is sent', async (t) => {
      const upstream = await startUpstream(t, [OK]);
      const { x, leave } = abandonable();
      leave();
      t.equal((await testGateway(t, { p: compatible(upstream.url) }).call(x))?.code, 'client_closed_request');
      t.equal(upstream.requests.length, 0);
      t.equal(x.attempts.length, 0);
    });
  },
);

t.test('where policy drains, a call under way goes on without its client', async (t) => {
  const upstream = await startUpstream(t, [{ ...OK, latencyMs: 50 }]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  const { x, leave } = abandonable({ verdict: { onDisconnect: 'drain' } });
  const called = gateway.call(x);
  while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  leave();
  t.equal(await called, undefined);
  if (x.answer) t.equal((await drain(x.answer.source)).text, ANSWER);
  gateway.settle(x, 'abandoned', gone());
  t.match(x.attempts, [{ outcome: 'answered' }], 'it ran to its end and costs as much');
});

t.test('a slow reader does not grow memory: the provider waits', async (t) => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const upstream = await startUpstream(t, [{ headers: EVENT_STREAM, chunks: endless(DELTA, chunk) }]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  const x = testExchange({ body: streamed });
  await gateway.call(x);
  let taken = 0;
  x.answer?.source.pipe({
    data: (bytes) => {
      taken += bytes.length;
      return false;
    },
    end: () => t.fail('ended'),
    fail: (fault) => t.fail(fault.message),
  });
  let before = -1;
  while (upstream.written !== before) {
    before = upstream.written;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  // What is not taken waits in the kernel's and undici's bounded buffers, not in ours.
  t.ok(taken <= 256 * 1024, `${taken} bytes taken`);
  t.ok(upstream.written < 32 * 1024 * 1024, `${upstream.written} bytes written`);
  const stopped = taken;
  for (let turn = 0; turn < 20; turn++) {
    x.answer?.source.resume();
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.ok(taken > stopped, 'it goes on when asked');
  x.answer?.source.cancel(gone());
  await upstream.whenAborted(1);
});

function* endless(first: string, chunk: Uint8Array): Generator<string | Uint8Array> {
  yield first;
  for (;;) yield chunk;
}

t.test('headers: only what is meant for the provider goes there', async (t) => {
  const upstream = await startUpstream(t, [OK]);
  const gateway = testGateway(t, {
    p: compatible(upstream.url, { api_key: 'provider-key', headers: { 'x-team': 'ours' } }),
    a: { kind: 'anthropic', base_url: upstream.url, api_key: 'provider-key' },
  });
  const client = {
    authorization: 'Bearer slk_secret',
    'x-api-key': 'slk_secret',
    cookie: 'c=1',
    'x-sluice-tags': 'a=b',
    'x-team': 'theirs',
    te: 'trailers',
    'accept-encoding': 'gzip',
    'idempotency-key': 'once',
    'openai-beta': 'assistants=v2',
    connection: 'keep-alive, openai-beta, x-sluice-provider, authorization',
  };
  const x = testExchange({ headers: client });
  await gateway.call(x);
  const sent = upstream.requests[0]?.headers ?? {};
  t.equal(sent.authorization, 'Bearer provider-key', 'a client cannot strip or replace the gateway’s own');
  t.equal(sent['x-team'], 'ours');
  t.equal(sent['idempotency-key'], 'once');
  t.equal(sent['accept-encoding'], 'identity');
  t.match(sent.traceparent, new RegExp(`^00-${x.trace.traceId}-`));
  for (const name of ['openai-beta', 'x-api-key', 'cookie', 'x-sluice-tags', 'te'])
    t.equal(sent[name], undefined, name);
  t.equal(x.answerHeaders['x-sluice-provider'], 'p');
  const message = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'hi' }] };
  for (const headers of [{}, { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'new-thing' }]) {
    const anthropic = testExchange({ operation: 'messages', body: message, headers, targets: targets('a') });
    await gateway.call(anthropic);
  }
  t.match(upstream.requests[1]?.headers, { 'x-api-key': 'provider-key', 'anthropic-version': '2023-06-01' });
  t.match(upstream.requests[2]?.headers, {
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'new-thing',
  });
  t.equal(upstream.requests[2]?.path, '/v1/messages');
});

t.test(
  'a target with another name for the model gets its own body; the client’s stays as it was',
  async (t) => {
    const upstream = await startUpstream(t, [refused(500, '{}'), refused(500, '{}'), OK]);
    const gateway = testGateway(t, { p: compatible(upstream.url) });
    const x = testExchange({
      targets: [
        { provider: 'p', model: 'other', region: undefined },
        { provider: 'p', model: 'm', region: undefined },
      ],
    });
    await gateway.call(x);
    t.strictSame(
      upstream.requests.map(({ body }) => JSON.parse(body).model),
      ['other', 'other', 'm'],
    );
    t.equal(x.call.body.model, 'm');
  },
);

t.test('a connection is used again after an answer, also where the end comes late', async (t) => {
  const upstream = await startUpstream(t, [OK]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  for (let turn = 0; turn < 3; turn++) {
    const x = testExchange();
    await gateway.call(x);
    if (x.answer) await drain(x.answer.source);
    gateway.settle(x, 'done');
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal(upstream.open, 1);
});

t.test('a provider that does not end after its last event is not waited for', async (t) => {
  const upstream = await startUpstream(t, [{ headers: EVENT_STREAM, chunks: [STREAM], ending: 'hang' }]);
  const gateway = testGateway(t, { p: compatible(upstream.url) });
  const x = testExchange({ body: streamed });
  await gateway.call(x);
  x.answer?.source.pipe({ data: () => true, end: () => undefined, fail: () => t.fail('failed') });
  gateway.settle(x, 'done');
  t.match(x.attempts, [{ outcome: 'answered' }]);
  await upstream.whenAborted(1);
  t.equal(gateway.providers.deadlines.size, 0);
  t.match(x.attempts, [{ outcome: 'answered' }]);
});

t.test('a refusal of any length is read only so far', async (t) => {
  const upstream = await startUpstream(t, [
    { status: 400, chunks: endless('{"error":{"message":"', Buffer.alloc(65536, 'x')) },
  ]);
  const fault = await testGateway(t, { p: compatible(upstream.url) }).call(testExchange());
  t.equal(fault?.code, 'provider_rejected');
  await upstream.whenAborted(1);
});
