/**
 * Two hundred streams at once, half of them left by their clients at any moment: every request has one record and
 * its usage line, and nothing stays reserved, counted or connected (litellm#27639, #14457; tensorzero#3751).
 */
import { request } from 'node:http';
import t from 'tap';
import { post } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything, streamed } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const STREAMS = 200;
const DELTAS = 12;
const PRICE = '1';

/** Deterministic: the same departures in every run. */
function* lottery(): Generator<number> {
  for (let state = 42; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

const draw = lottery();
const chance = (): number => draw.next().value;

const WORDS = Array.from({ length: DELTAS }, (_, n) => chat.delta(`word ${n} `));
const upstream = await startUpstream(t, ({ headers }) =>
  headers['x-client-request-id'] === 'hang'
    ? { ending: 'silent' }
    : streamed([...chat.open, ...WORDS, ...chat.close], {
        latencyMs: 10 + Math.floor(chance() * 40),
        pauseMs: 5,
      }),
);
const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));
const gateway = await startGateway(
  t,
  {
    providers: { p: everything(upstream.url, { max_connections: 1000 }) },
    prices: { overrides: [{ model: '*', input: PRICE, output: PRICE }] },
  },
  {
    policies: `
version: 1
policies:
  - id: limited
    limits: [{ per: org, concurrent_requests: ${STREAMS} }]
    budgets:
      - { id: hard, scope: org, window: total, amount_usd: "100" }
      - { id: soft, scope: key, window: total, amount_usd: "100", hard: false }
`,
  },
);

interface Ran {
  readonly requestId: string;
  readonly left: boolean;
  readonly complete: boolean;
}

/** One stream over a connection of its own; `leaveAfterMs` counts from when the request was sent, undefined: never. */
function run(n: number, leaveAfterMs: number | undefined): Promise<Ran> {
  const requestId = `stream-${n}`;
  return new Promise((resolve) => {
    let text = '';
    let left = false;
    const sent = request(`${gateway.origin}${chat.path}`, {
      method: 'POST',
      agent: false,
      headers: {
        authorization: `Bearer ${gateway.key}`,
        'content-type': 'application/json',
        'x-request-id': requestId,
      },
    });
    sent.on('response', (response) => {
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('error', () => undefined);
    });
    sent.on('error', () => undefined);
    sent.once('close', () => resolve({ requestId, left, complete: text.endsWith('data: [DONE]\n\n') }));
    sent.end(JSON.stringify(chat.ask('m', true)), () => {
      if (leaveAfterMs === undefined) return;
      const leave = (): void => {
        left = true;
        sent.destroy();
      };
      setTimeout(leave, leaveAfterMs).unref();
    });
  });
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.origin}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}

t.test('200 streams, half of them aborted', async (t) => {
  const ran = await Promise.all(
    Array.from({ length: STREAMS }, (_, n) => run(n, n % 2 === 0 ? undefined : chance() * 110)),
  );
  const whole = ran.filter(({ complete }) => complete);
  const left = ran.filter((one) => one.left && !one.complete);
  t.equal(whole.length + left.length, STREAMS, 'each ended in one of the two ways');
  t.ok(
    whole.length >= STREAMS / 2 && left.length > STREAMS / 5,
    `${whole.length} complete, ${left.length} left`,
  );

  await until(async () => (await metric('sluice_requests_active')) === 0);
  let rows: Record<string, unknown>[] = [];
  await until(async () => {
    rows = await gateway.query(
      `SELECT a.request_id, a.outcome, count(u.*)::int AS lines, coalesce(sum(u.cost_pico_usd), 0)::text AS cost,
              min(u.outcome) AS line_outcome, bool_and(u.output_tokens > 0) AS written
       FROM audit_events a LEFT JOIN usage_events u ON u.request_id = a.id
       WHERE a.request_id LIKE 'stream-%' GROUP BY a.id, a.request_id, a.outcome`,
    );
    return rows.length >= STREAMS;
  });
  t.equal(rows.length, STREAMS, 'one record each');
  const byId = new Map(rows.map((row) => [row.request_id, row]));
  for (const { requestId, complete } of ran) {
    const row = byId.get(requestId);
    const sound = complete
      ? row?.outcome === 'done' && row.lines === 1 && row.line_outcome === 'answered'
      : row?.outcome === 'abandoned' && Number(row.lines) <= 1 && row.line_outcome !== 'answered';
    if (!sound) t.fail(`${requestId}: ${JSON.stringify(row)}`);
  }
  const called = rows.reduce((sum, row) => sum + Number(row.lines), 0);
  // One that was left while its connection was being made never reached the provider, and is a line all the same.
  t.ok(called >= upstream.requests.length, `${upstream.requests.length} calls, ${called} lines`);

  await t.test('no connection to the provider stays with a client that is gone', async (t) => {
    t.equal(await metric('sluice_requests_active'), 0);
    const startedMs = performance.now();
    await until(() => upstream.running === 0);
    t.comment(`all closed ${Math.round(performance.now() - startedMs)} ms after the records were read`);
  });

  await t.test('no slot stays taken', async (t) => {
    const leave = new AbortController();
    const before = upstream.requests.length;
    const held = Array.from({ length: STREAMS }, () =>
      post(gateway, chat.path, chat.ask('m', true), {
        signal: leave.signal,
        headers: { 'x-client-request-id': 'hang' },
      }).catch(() => undefined),
    );
    await until(() => upstream.requests.length === before + STREAMS);
    const refused = await post(gateway, chat.path, chat.ask('m', true));
    t.equal(refused.status, 429, 'one more than the limit');
    await refused.arrayBuffer();
    leave.abort();
    await Promise.all(held);
    await until(async () => (await metric('sluice_requests_active')) === 0);
  });

  await t.test('what was spent is settled, to the pico-dollar, and nothing stays reserved', async (t) => {
    await gateway.stop();
    const [spent] = await gateway.query(
      'SELECT coalesce(sum(cost_pico_usd), 0)::text AS sum FROM usage_events',
    );
    const windows = await gateway.query(
      'SELECT budget_id, hard, settled_pico_usd::text AS settled, leased_pico_usd::text AS leased FROM budget_windows ORDER BY hard',
    );
    t.equal(windows.length, 2);
    for (const { budget_id: id, settled, leased } of windows) {
      t.equal(settled, spent?.sum, `${id}: settled`);
      t.equal(leased, '0', `${id}: a reservation that nobody settled would hold its lease`);
    }
    t.same(await gateway.query('SELECT * FROM budget_leases WHERE remaining_pico_usd > 0'), []);
    t.equal(upstream.open, 0, 'no socket is left');
    t.same(warnings, [], 'no listener leaked');
  });
});
