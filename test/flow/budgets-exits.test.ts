/** However a request ends, it settles once: its usage lines, its draws on every budget, and nothing held (litellm#27639, tensorzero#3751). */
import t from 'tap';
import { post, readAll, readUntil } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything, streamed } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const words = Array.from({ length: 8 }, (_, n) => chat.delta(`some words ${n} `));

/** What the provider does, by the model that is asked for. */
const REPLIES: Readonly<Record<string, UpstreamReply>> = {
  whole: { chunks: [chat.whole] },
  stream: streamed([...chat.open, ...words, ...chat.close]),
  refused: { status: 400, chunks: ['{"error":{"message":"no","type":"invalid_request_error"}}'] },
  broken: { status: 500, chunks: ['{"error":{"message":"down"}}'] },
  silent: { ending: 'silent' },
  waiting: { ending: 'silent' },
  garbage: { chunks: ['{"choices":[{'] },
  sorry: { chunks: ['{"error":{"message":"busy"}}'] },
  stuck: streamed([...chat.open, ...words], { ending: 'hang' }),
  cut: streamed([...chat.open, ...words], { ending: 'cut' }),
  reset: streamed([...chat.open, ...words], { ending: 'reset' }),
  error: streamed([...chat.open, ...words, chat.error]),
  malformed: streamed([...chat.open, ...words, 'data: {"choices":[{"del\n\n', ...words], { ending: 'end' }),
};

const HASTY = ['silent', 'stuck'];
const PATIENT = Object.keys(REPLIES).filter((model) => !HASTY.includes(model));

interface Exit {
  readonly model: string;
  readonly stream?: boolean;
  readonly body?: object;
  /** Leaves after this was seen; '' at once. */
  readonly leaveAfter?: string;
  readonly outcome: string;
  /** Outcome of each usage line. */
  readonly lines: readonly string[];
  /** Whether anything was billed. */
  readonly billed: boolean;
}

const EXITS: Readonly<Record<string, Exit>> = {
  'done, whole': { model: 'whole', outcome: 'done', lines: ['answered'], billed: true },
  'done, streamed': { model: 'stream', stream: true, outcome: 'done', lines: ['answered'], billed: true },
  'refused by a policy': { model: 'forbidden', outcome: 'refused', lines: [], billed: false },
  'refused by the body': { model: 'whole', body: { n: 'x' }, outcome: 'refused', lines: [], billed: false },
  'refused by the budget': {
    model: 'whole',
    body: { max_tokens: 10_000_000 },
    outcome: 'refused',
    lines: [],
    billed: false,
  },
  'provider says 400': { model: 'refused', outcome: 'failed', lines: ['failed'], billed: false },
  'provider says 500, twice': {
    model: 'broken',
    outcome: 'failed',
    lines: ['failed', 'failed'],
    billed: false,
  },
  'nobody listens': { model: 'closed', outcome: 'failed', lines: ['failed', 'failed'], billed: false },
  'no first byte in time': { model: 'silent', outcome: 'failed', lines: ['failed'], billed: true },
  'an answer that is no JSON': { model: 'garbage', outcome: 'failed', lines: ['failed'], billed: true },
  'an error in place of an answer': { model: 'sorry', outcome: 'failed', lines: ['failed'], billed: false },
  'nothing more in time': {
    model: 'stuck',
    stream: true,
    outcome: 'failed',
    lines: ['failed'],
    billed: true,
  },
  'cut in the middle': { model: 'cut', stream: true, outcome: 'failed', lines: ['failed'], billed: true },
  'reset in the middle': { model: 'reset', stream: true, outcome: 'failed', lines: ['failed'], billed: true },
  'an error in the stream': {
    model: 'error',
    stream: true,
    outcome: 'failed',
    lines: ['failed'],
    billed: true,
  },
  'a malformed event, and no end': {
    model: 'malformed',
    stream: true,
    outcome: 'failed',
    lines: ['failed'],
    billed: true,
  },
  'left before the first byte': {
    model: 'waiting',
    leaveAfter: '',
    outcome: 'abandoned',
    lines: ['cancelled'],
    billed: true,
  },
  'left in the middle': {
    model: 'stuck',
    stream: true,
    leaveAfter: 'words 7',
    outcome: 'abandoned',
    lines: ['cancelled'],
    billed: true,
  },
};

t.test('every exit settles once', async (t) => {
  const upstream = await startUpstream(t, ({ body }) => REPLIES[JSON.parse(body).model] ?? {});
  const gateway = await startGateway(
    t,
    {
      providers: {
        p: everything(upstream.url, { models: [...PATIENT, 'forbidden'] }),
        // who answers has the time that a busy machine needs
        nobody: everything('http://127.0.0.1:1', { models: ['closed'] }),
        hasty: everything(upstream.url, { models: HASTY, timeouts_ms: { first_byte: 400, idle: 400 } }),
      },
      prices: { overrides: [{ model: '*', input: '1', output: '2', per_request: '0' }] },
      retries: { backoff_base_ms: 1 },
      budgets: { when_short: 'refuse' },
    },
    {
      policies: `
version: 1
policies:
  - id: q
    models: { deny: [forbidden] }
  - id: p
    budgets:
      - { id: hard, scope: org, window: total, amount_usd: "1" }
      - { id: rolling, scope: key, window: { rolling: 24h }, amount_usd: "1" }
      - { id: soft, scope: key, window: day, amount_usd: "1", hard: false }
`,
    },
  );
  const run = async (name: string, { model, stream = false, body, leaveAfter }: Exit): Promise<void> => {
    const leaving = new AbortController();
    const requestId = name.replaceAll(/\W+/g, '-');
    const asked = post(
      gateway,
      chat.path,
      { ...chat.ask(model, stream), ...body },
      { headers: { 'x-request-id': requestId }, signal: leaving.signal },
    );
    if (leaveAfter === '') {
      const before = upstream.requests.length;
      void until(() => upstream.requests.length > before).then(() => leaving.abort());
      await asked.catch(() => undefined);
    } else if (leaveAfter !== undefined) {
      const reader = (await asked).body?.getReader();
      if (reader) await readUntil(reader, leaveAfter);
      leaving.abort();
    } else await readAll(await asked).catch(() => undefined);
  };
  for (const [name, exit] of Object.entries(EXITS)) {
    await run(name, exit);
    const requestId = name.replaceAll(/\W+/g, '-');
    const audit = await gateway.auditOf(requestId);
    t.equal(audit.length, 1, `${name}: one record`);
    t.equal(audit[0]?.outcome, exit.outcome, name);
    const lines = await gateway.usageOf(requestId);
    t.same(
      lines.map(({ outcome }) => outcome),
      exit.lines,
      `${name}: a usage line per attempt`,
    );
    t.equal(
      lines.some(({ cost_pico_usd }) => Number(cost_pico_usd) > 0),
      exit.billed,
      `${name}: ${lines.map(({ cost_pico_usd }) => cost_pico_usd)}`,
    );
  }
  await gateway.stop();
  const [cost] = await gateway.query('SELECT sum(cost_pico_usd)::text AS sum FROM usage_events');
  const windows = await gateway.query(
    'SELECT budget_id, settled_pico_usd::text AS settled, leased_pico_usd::text AS leased FROM budget_windows ORDER BY 1',
  );
  t.same(
    windows,
    ['hard', 'rolling', 'soft'].map((id) => ({
      budget_id: `policy/p/${id}`,
      settled: cost?.sum,
      leased: '0',
    })),
    'every budget has exactly what the usage lines cost, and nothing is held',
  );
  const [kept] = await gateway.query('SELECT sum(settled_pico_usd)::text AS sum FROM budget_buckets');
  t.equal(kept?.sum, cost?.sum);
  t.same(await gateway.query('SELECT FROM budget_leases WHERE remaining_pico_usd > 0'), []);
});
