import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { type Serving, serving } from '../support/cli.ts';
import { emptyDatabase, seeEverything } from '../support/database.ts';
import { until } from '../support/until.ts';

t.setTimeout(600_000);

const STREAMS = 20;

interface Node extends Serving {
  readonly key: string;
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>;
}

/** A node in a process of its own; the journal and policies are those of `npm start`. */
async function node(t: Test, config: string): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-shutdown-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const dir = t.testdir({ 'config.yaml': config });
  const url = await emptyDatabase(t);
  const served = await serving(t, {
    DATABASE_URL: url,
    SLUICE_DATA_DIR: folder,
    SLUICE_CONFIG: join(dir, 'config.yaml'),
  });
  const key = /slk_[\w-]+/.exec(served.printed())?.[0];
  if (key === undefined) throw new Error('no key was printed');
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await seeEverything(url);
  return { ...served, key, query };
}

interface Streaming {
  /** Resolves with everything that came, or rejects when the connection broke. */
  readonly whole: Promise<string>;
}

/** Begins a slow stream and waits for its first bytes. */
async function stream({ origin, key }: Node, tokens: number): Promise<Streaming> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-slow',
      stream: true,
      max_tokens: tokens,
      messages: [{ role: 'user', content: 'Count' }],
    }),
  });
  const reader = response.body?.getReader();
  if (response.status !== 200 || reader === undefined) throw new Error(`status ${response.status}`);
  const text = new TextDecoder();
  let all = text.decode((await reader.read()).value);
  const rest = async (): Promise<string> => {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
      all += text.decode(chunk.value);
    return all;
  };
  return { whole: rest() };
}

async function refused(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

const LEASED = 'SELECT coalesce(sum(leased_pico_usd), 0)::text AS usd FROM budget_windows';

t.test('SIGTERM lets streams end, turns new requests away, and leaves nothing behind', async (t) => {
  const gateway = await node(t, 'server: { shutdown_grace_ms: 60000 }\n');
  const { origin, key } = gateway;
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => stream(gateway, 40)));
  t.not((await gateway.query(LEASED))[0]?.usd, '0', 'the demo budget is leased');
  const ended = gateway.end('SIGTERM');

  await until(async () => (await fetch(`${origin}/readyz`)).status === 503);
  t.match(await refused(`${origin}/readyz`), { status: 503, body: { ready: false, status: 'draining' } });
  t.equal((await fetch(`${origin}/healthz`)).status, 200, 'it is alive all the same');
  const late = await refused(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  t.match(late, { status: 503, body: { error: { code: 'shutting_down' } } });

  const texts = await Promise.all(streams.map(({ whole }) => whole));
  t.strictSame(
    texts.filter((text) => !text.endsWith('data: [DONE]\n\n')),
    [],
    'every stream was finished',
  );
  t.equal(await ended, 0);
  t.match(await gateway.query("SELECT count(*)::int AS rows FROM audit_events WHERE outcome = 'done'"), [
    { rows: STREAMS },
  ]);
  t.match(await gateway.query('SELECT count(*)::int AS rows FROM usage_events'), [{ rows: STREAMS }]);
  t.strictSame(await gateway.query(LEASED), [{ usd: '0' }], 'the leases were given back');
  const left = 'SELECT coalesce(sum(remaining_pico_usd), 0)::text AS usd FROM budget_leases';
  t.strictSame(await gateway.query(left), [{ usd: '0' }]);
});

t.test('what still runs after the grace is cut with an error event, and recorded', async (t) => {
  const gateway = await node(t, 'server: { shutdown_grace_ms: 200 }\n');
  const streams = await Promise.all([stream(gateway, 4000), stream(gateway, 4000)]);
  const ended = gateway.end('SIGTERM');
  for (const { whole } of streams) {
    const text = await whole;
    t.match(text, /data: \{"error":\{.*"code":"shutting_down"/);
    t.notMatch(text, /\[DONE\]/);
  }
  t.equal(await ended, 0);
  t.match(await gateway.query('SELECT outcome, fault FROM audit_events'), [
    { outcome: 'failed', fault: 'shutting_down' },
    { outcome: 'failed', fault: 'shutting_down' },
  ]);
  t.match(await gateway.query('SELECT outcome FROM usage_events'), [
    { outcome: 'cancelled' },
    { outcome: 'cancelled' },
  ]);
  t.strictSame(await gateway.query(LEASED), [{ usd: '0' }]);
});
