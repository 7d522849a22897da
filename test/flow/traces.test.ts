/** Spans as a collector receives them, and what the provider is told of the trace. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { type Received, startUpstream, type Upstream } from '../upstream/upstream.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

/** As OTLP/JSON writes it: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

function spansIn(collector: Upstream): Span[] {
  type Body = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  return collector.requests.flatMap(({ path, body }) => {
    if (path !== '/v1/traces') throw new Error(`an exporter asked for ${path}`);
    return (JSON.parse(body) as Body).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    );
  });
}

const attributesOf = (span: Span | undefined): Record<string, unknown> =>
  Object.fromEntries(span?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []);

const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'local-1',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
  usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
});

interface Traced {
  readonly gateway: TestGateway;
  readonly upstream: Upstream;
  /** Asks once. @param traceparent undefined sends none */
  readonly ask: (traceparent: string | undefined) => Promise<Response>;
  /** All spans, after the gateway has stopped and sent them. */
  readonly spans: () => Promise<Span[]>;
}

/** @param failures how many calls the provider refuses before it answers */
async function traced(
  t: Parameters<typeof startGateway>[0],
  { failures = 0, telemetry = {} }: { failures?: number; telemetry?: object } = {},
): Promise<Traced> {
  const collector = await startUpstream(t, [{ chunks: ['{}'] }]);
  const upstream = await startUpstream(t, (_: Received, index) =>
    index < failures ? { status: 500, chunks: ['{"error":{"message":"no"}}'] } : { chunks: [ANSWER] },
  );
  const gateway = await startGateway(t, {
    providers: {
      local: { kind: 'openai-compatible', base_url: `${upstream.url}/v1`, models: ['local-*'] },
    },
    retries: { backoff_base_ms: 1, backoff_max_ms: 1 },
    telemetry: { otlp_endpoint: collector.url, ...telemetry },
  });
  return {
    gateway,
    upstream,
    ask: async (traceparent) => {
      const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${gateway.key}`,
          'content-type': 'application/json',
          ...(traceparent === undefined ? {} : { traceparent }),
        },
        body: JSON.stringify({
          model: 'local-1',
          messages: [{ role: 'user', content: 'a word that no span may hold: heliotrope' }],
        }),
      });
      await response.arrayBuffer();
      return response;
    },
    spans: async () => {
      await gateway.stop();
      t.notOk(JSON.stringify(collector.requests).includes('heliotrope'), 'no content in spans');
      return spansIn(collector);
    },
  };
}

t.test('caller → server span → one client span per attempt → provider (litellm#39067, #24027)', async (t) => {
  const { ask, spans, upstream } = await traced(t, { failures: 1 });
  const { status } = await ask(`00-${TRACE_ID}-${CALLER_SPAN}-01`);
  t.equal(status, 200);
  const all = await spans();
  t.ok(all.every(({ traceId }) => traceId === TRACE_ID));
  const [server, ...noMore] = all.filter(({ kind }) => kind === SERVER);
  t.same(noMore, []);
  t.match(server, { name: 'POST /v1/chat/completions', parentSpanId: CALLER_SPAN });
  t.match(attributesOf(server), { 'http.response.status_code': 200, 'sluice.outcome': 'done' });
  t.notOk('error.type' in attributesOf(server));

  const attempts = all.filter(({ kind }) => kind === CLIENT);
  t.equal(attempts.length, 2);
  const [failed, answered] = attempts;
  for (const attempt of attempts) {
    t.equal(attempt.parentSpanId, server?.spanId);
    t.equal(attempt.name, 'chat local-1');
    t.ok(BigInt(attempt.endTimeUnixNano) >= BigInt(attempt.startTimeUnixNano));
    t.match(attributesOf(attempt), {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'local',
      'gen_ai.request.model': 'local-1',
    });
  }
  t.equal(failed?.status.code, ERROR);
  t.match(attributesOf(failed), { 'error.type': String, 'http.response.status_code': 500 });
  t.notOk('gen_ai.response.finish_reasons' in attributesOf(failed), 'a fault is no finish reason');
  t.match(attributesOf(answered), {
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.response.finish_reasons': { values: [{ stringValue: 'stop' }] },
  });
  t.same(
    upstream.requests.map(({ headers }) => headers.traceparent),
    attempts.map(({ spanId }) => `00-${TRACE_ID}-${spanId}-01`),
    'each call names its own attempt as the parent',
  );
});

t.test('a request without a trace begins one; a refusal is no error of the server', async (t) => {
  const { ask, gateway, spans, upstream } = await traced(t);
  await ask(undefined);
  await fetch(`${gateway.origin}/v1/chat/completions`, { method: 'POST' });
  const [first, second] = (await spans()).filter(({ kind }) => kind === SERVER);
  t.notOk(first?.parentSpanId);
  t.match(upstream.requests[0]?.headers.traceparent, `00-${first?.traceId}-`);
  t.match(attributesOf(second), { 'http.response.status_code': 401, 'error.type': 'invalid_api_key' });
  t.notOk(second?.status.code, 'not an error');
});

t.test('a caller that does not sample is followed, and the provider is told so', async (t) => {
  const { ask, spans, upstream } = await traced(t);
  await ask(`00-${TRACE_ID}-${CALLER_SPAN}-00`);
  t.match(upstream.requests[0]?.headers.traceparent, /^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
  t.same(await spans(), []);
});

t.test('a sample ratio leaves out whole requests, never half of one', async (t) => {
  const { ask, spans } = await traced(t, { telemetry: { trace_sample_ratio: 0 } });
  await ask(undefined);
  await ask(`00-${TRACE_ID}-${CALLER_SPAN}-01`);
  const all = await spans();
  t.equal(all.length, 2, 'the request of the caller that had decided, and its attempt');
  t.ok(all.every(({ traceId }) => traceId === TRACE_ID));
});

// its API package comes with prom-client; the SDK and the exporter are what costs
t.test('without telemetry.otlp_endpoint the OpenTelemetry SDK is not even loaded', async (t) => {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { openTraces } = await import('./src/telemetry/traces.ts');
    await import('./src/app/compose.ts');
    const traces = await openTraces({ service_name: 's', trace_sample_ratio: 1 });
    console.log(JSON.stringify({ traces: traces === undefined, loaded: loaded.filter((url) => /@opentelemetry\\/(?!api\\/)/.test(url)) }));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  t.equal(stderr, '');
  t.same(JSON.parse(stdout), { traces: true, loaded: [] });
});
