/** Retries, fallback and time-outs as a client sees them; each attempt is a line of its own on the bill (bifrost#3357). */
import { createServer } from 'node:net';
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything, streamed, streamOf } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const OK: UpstreamReply = { chunks: [chat.whole] };
const STREAM = streamed(streamOf(chat, 'hello'));
const refused = (status: number, headers: Record<string, string> = {}): UpstreamReply => ({
  status,
  headers,
  chunks: ['{"error":{"message":"account org-77 has a problem","type":"some_error"}}'],
});

let script: readonly UpstreamReply[] = [];
let asked = 0;
const first = await startUpstream(t, () => script[Math.min(asked++, script.length - 1)] ?? {});
const second = await startUpstream(t, ({ body }) => (JSON.parse(body).stream ? STREAM : OK));
const closed = await freshlyClosed();
const gateway = await startGateway(t, {
  providers: {
    first: everything(first.url, { models: ['m*'], stream_options: false }),
    // asked for what falls silent; who answers has the time that a busy machine needs
    hasty: everything(first.url, { models: ['h'], stream_options: false, timeouts_ms: { first_byte: 150 } }),
    second: everything(second.url, { models: ['n'], stream_options: false }),
    closed: everything(`http://127.0.0.1:${closed}`, { models: ['o'] }),
  },
  models: {
    safe: {
      targets: [
        { provider: 'first', model: 'm' },
        { provider: 'second', model: 'n' },
      ],
    },
    hurried: {
      targets: [
        { provider: 'hasty', model: 'h' },
        { provider: 'second', model: 'n' },
      ],
    },
    dead: {
      targets: [
        { provider: 'closed', model: 'o' },
        { provider: 'second', model: 'n' },
      ],
    },
  },
  // each case is about one failure, not about what the ones before it taught
  routing: { circuit: { enabled: false } },
  retries: { max_attempts_per_target: 2, backoff_base_ms: 1, backoff_max_ms: 2, max_retry_after_ms: 200 },
  prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
});

/** A port on which nobody listens. */
async function freshlyClosed(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ask(model: string, stream: boolean, ...replies: readonly UpstreamReply[]) {
  script = replies;
  asked = 0;
  const response = await post(gateway, chat.path, chat.ask(model, stream));
  return { response, text: await readAll(response), headers: response.headers };
}

// the first request of a process is slow, and that must not look like a provider without a first byte
await ask('n', false);
await ask('n', true);

interface Case {
  readonly name: string;
  readonly model: string;
  readonly replies: readonly UpstreamReply[];
  readonly status: number;
  readonly attempts: number;
  readonly provider: string;
  /** Outcome or reason of each attempt, in order. */
  readonly lines: readonly string[];
  readonly code?: string;
  readonly retry?: string;
}

const SILENT: UpstreamReply = { ending: 'silent' };
const CASES: readonly Case[] = [
  {
    name: '500, then an answer',
    model: 'm',
    replies: [refused(500), OK],
    status: 200,
    attempts: 2,
    provider: 'first',
    lines: ['provider_error', 'answered'],
  },
  {
    name: '429 with a short retry-after, then an answer',
    model: 'm',
    replies: [refused(429, { 'retry-after-ms': '20' }), OK],
    status: 200,
    attempts: 2,
    provider: 'first',
    lines: ['provider_rate_limited', 'answered'],
  },
  {
    name: '429 with a long retry-after',
    model: 'm',
    replies: [refused(429, { 'retry-after': '7' })],
    status: 429,
    attempts: 1,
    provider: 'first',
    lines: ['provider_rate_limited'],
    code: 'provider_rate_limited',
    retry: '7',
  },
  {
    name: '429 with a long retry-after, and somebody else',
    model: 'safe',
    replies: [refused(429, { 'retry-after': '7' })],
    status: 200,
    attempts: 2,
    provider: 'second',
    lines: ['provider_rate_limited', 'answered'],
  },
  {
    name: 'a reset connection, then an answer',
    model: 'm',
    replies: [{ ending: 'reset' }, OK],
    status: 200,
    attempts: 2,
    provider: 'first',
    lines: ['provider_stream_broken', 'answered'],
  },
  {
    name: 'no connection, and somebody else',
    model: 'dead',
    replies: [],
    status: 200,
    attempts: 3,
    provider: 'second',
    lines: ['provider_unreachable', 'provider_unreachable', 'answered'],
  },
  {
    name: 'no connection, and nobody else',
    model: 'o',
    replies: [],
    status: 502,
    attempts: 2,
    provider: 'closed',
    lines: ['provider_unreachable', 'provider_unreachable'],
    code: 'provider_unreachable',
  },
  {
    name: 'silence, and somebody else',
    model: 'hurried',
    replies: [SILENT],
    status: 200,
    attempts: 2,
    provider: 'second',
    lines: ['provider_timeout', 'answered'],
  },
  {
    name: 'silence, and nobody else',
    model: 'h',
    replies: [SILENT],
    status: 504,
    attempts: 1,
    provider: 'hasty',
    lines: ['provider_timeout'],
    code: 'provider_timeout',
  },
  {
    name: '529 throughout',
    model: 'm',
    replies: [refused(529)],
    status: 503,
    attempts: 2,
    provider: 'first',
    lines: ['provider_overloaded', 'provider_overloaded'],
    code: 'provider_overloaded',
  },
  {
    name: 'credentials of the gateway refused, and somebody else',
    model: 'safe',
    replies: [refused(401)],
    status: 200,
    attempts: 2,
    provider: 'second',
    lines: ['provider_auth_failed', 'answered'],
  },
  {
    name: 'the request itself is at fault: asked once, nobody else',
    model: 'safe',
    replies: [refused(400)],
    status: 400,
    attempts: 1,
    provider: 'first',
    lines: ['provider_rejected'],
    code: 'provider_rejected',
  },
  {
    name: 'an error event first, then an answer',
    model: 'm',
    replies: [streamed([chat.error]), STREAM],
    status: 200,
    attempts: 2,
    provider: 'first',
    lines: ['provider_error', 'answered'],
  },
];

for (const stream of [false, true]) {
  t.test(`${stream ? 'streamed' : 'whole'}: what a provider's failure comes to`, async (t) => {
    const seen: { expected: Case; requestId: string }[] = [];
    for (const expected of CASES) {
      if (expected.name.startsWith('an error event') && !stream) continue;
      const replies = stream
        ? expected.replies.map((reply) => (reply === OK ? STREAM : reply))
        : expected.replies;
      const { response, text, headers } = await ask(expected.model, stream, ...replies);
      const { name } = expected;
      t.equal(response.status, expected.status, name);
      t.equal(headers.get('x-sluice-attempts'), String(expected.attempts), `${name}: attempts`);
      t.equal(headers.get('x-sluice-provider'), expected.provider, `${name}: provider`);
      t.equal(headers.get('retry-after'), expected.retry ?? null, `${name}: retry-after`);
      if (expected.status === 200)
        t.ok(stream ? text.endsWith('data: [DONE]\n\n') : text === chat.whole, name);
      else if (expected.code !== 'provider_rejected') {
        t.equal(JSON.parse(text).error.code, expected.code, name);
        t.notMatch(text, 'org-77', `${name}: nothing of the gateway's account`);
      }
      seen.push({ expected, requestId: headers.get('x-request-id') ?? '' });
    }
    for (const { expected, requestId } of seen) {
      const lines = await gateway.usageOf(requestId);
      t.same(
        lines.map((line) => (line.outcome === 'answered' ? 'answered' : line.reason)),
        expected.lines,
        `${expected.name}: one line per attempt`,
      );
      t.same(
        lines.map((line) => line.attempt),
        expected.lines.map((_, index) => index + 1),
      );
      for (const line of lines) {
        t.equal(
          line.cost_pico_usd === '0',
          line.outcome !== 'answered' && line.reason !== 'provider_timeout',
          `${expected.name}: who refuses costs nothing, who was still at it does`,
        );
      }
    }
  });
}

t.test('after the first byte nobody else is asked', async (t) => {
  const before = second.requests.length;
  const { text, headers } = await ask(
    'safe',
    true,
    streamed([...chat.open, chat.delta('hel')], { ending: 'cut' }),
  );
  t.match(text, /"error"/);
  t.equal(headers.get('x-sluice-attempts'), '1');
  t.equal(second.requests.length, before);
});

t.test('who leaves during a pause is not waited for, and no further attempt is made', async (t) => {
  script = [refused(429, { 'retry-after-ms': '199' }), OK];
  asked = 0;
  const leave = new AbortController();
  const answer = post(gateway, chat.path, chat.ask('m', false), {
    signal: leave.signal,
    headers: { 'x-request-id': 'left-in-pause' },
  });
  while (asked < 1) await new Promise((resolve) => setTimeout(resolve, 2));
  leave.abort();
  await t.rejects(answer);
  t.match(await gateway.auditOf('left-in-pause'), [{ outcome: 'abandoned' }]);
  t.equal((await gateway.usageOf('left-in-pause')).length, 1);
  t.equal(asked, 1);
});
