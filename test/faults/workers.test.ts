/** Several workers are one node: one port, one set of limits, one page of metrics, and none is missed for long. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { childrenOf, runs } from '../support/children.ts';
import { type Serving, serving } from '../support/cli.ts';
import { post, readAll } from '../support/client.ts';
import { emptyDatabase, seeEverything } from '../support/database.ts';
import { until } from '../support/until.ts';

t.setTimeout(600_000);

const PER_MINUTE = 25;
const POLICY = `
version: 1
policies:
  - id: shared
    limits: [{ per: key, requests_per_minute: ${PER_MINUTE}, concurrent_requests: 60 }]
    budgets: [{ id: b, scope: org, window: total, amount_usd: "1000" }]
`;

interface Node extends Serving {
  readonly key: string;
  readonly adminKey: string;
  readonly journal: string;
  readonly workers: () => number[];
  readonly sql: (text: string) => Promise<Record<string, unknown>[]>;
}

async function node(t: Test): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-workers-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['policies', 'prompts']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'policies', 'shared.yaml'), POLICY);
  await writeFile(
    join(folder, 'config.yaml'),
    `server: { workers: 2 }
policies: { folder: ${folder}/policies }
prompts: { folder: ${folder}/prompts }
providers: { simulated: { kind: simulated } }
`,
  );
  const url = await emptyDatabase(t);
  const served = await serving(t, {
    DATABASE_URL: url,
    SLUICE_DATA_DIR: folder,
    SLUICE_CONFIG: join(folder, 'config.yaml'),
  });
  await seeEverything(url);
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  t.teardown(() => pool.end());
  const printed = (kind: string): string => {
    const found = [...served.printed().matchAll(new RegExp(`${kind}_[\\w-]+`, 'g'))].map(([key]) => key);
    t.equal(found.length, 1, 'the keys of a first start are printed once');
    return found[0] ?? '';
  };
  const pid = served.child.pid ?? 0;
  return {
    ...served,
    key: printed('slk'),
    adminKey: printed('sla'),
    journal: join(folder, 'journal'),
    workers: () => childrenOf(pid),
    sql: async (text) => (await pool.query(text)).rows,
  };
}

/** On a connection of its own: one that is kept may lead to a worker that has been killed since. */
const get = (url: string): Promise<Response> => fetch(url, { headers: { connection: 'close' } });

async function ask({ origin, key }: Pick<Node, 'origin' | 'key'>): Promise<number> {
  const response = await post(
    { origin, key },
    '/v1/chat/completions',
    { model: 'sim-fast', messages: [{ role: 'user', content: 'hello' }] },
    { headers: { connection: 'close' } },
  );
  await readAll(response);
  return response.status;
}

async function newKey({ origin, adminKey }: Node): Promise<string> {
  const response = await fetch(`${origin}/api/v1/orgs/demo/keys`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'content-type': 'application/json',
      connection: 'close',
    },
    body: JSON.stringify({ name: 'another' }),
  });
  return ((await response.json()) as { key: string }).key;
}

/** The sum of a metric's series. */
async function metric({ origin }: Node, name: string, labels = ''): Promise<number> {
  const text = await (await get(`${origin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => new RegExp(`^${name}(\\{.*${labels}.*\\})? `).test(line));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

t.test('two workers are one node', async (t) => {
  const gateway = await node(t);
  let passed = 0;

  await t.test('limits are counted together: of sixty at once, the limit passes', async (t) => {
    const beganMs = performance.now();
    const statuses = await Promise.all(Array.from({ length: 60 }, () => ask(gateway)));
    // on a machine so busy that one is back before all of them have come, it passes, too
    const backMeanwhile = Math.floor((performance.now() - beganMs) / (60_000 / PER_MINUTE));
    passed = statuses.filter((status) => status === 200).length;
    t.ok(passed >= PER_MINUTE && passed <= PER_MINUTE + backMeanwhile, `${passed} passed`);
    t.equal(statuses.filter((status) => status === 429).length, 60 - passed);
  });

  await t.test('metrics are those of the node, whichever worker is asked', async (t) => {
    for (let time = 0; time < 4; time++) {
      t.equal(await metric(gateway, 'sluice_requests_total', 'outcome="done"'), passed);
      t.equal(await metric(gateway, 'sluice_request_duration_seconds_count'), 60);
      t.equal(await metric(gateway, 'sluice_policies_ok'), 1);
      t.equal(await metric(gateway, 'sluice_workers'), 2);
      t.equal(await metric(gateway, 'sluice_nodes_live'), 1);
    }
  });

  await t.test(
    'a worker is killed: the node goes on, its records arrive, and another takes its place',
    async (t) => {
      const key = await newKey(gateway);
      await until(async () => (await ask({ ...gateway, key })) === 200);
      const before = gateway.workers();
      const killed = before[1] ?? 0;
      process.kill(killed, 'SIGKILL');
      await until(() => !runs(killed));
      // whom the dead worker was just accepting asks again, as the SDKs do
      const patiently = (look: () => Promise<boolean>): Promise<void> =>
        until(() => look().catch(() => false));
      await patiently(async () => (await get(`${gateway.origin}/readyz`)).status === 200);
      await patiently(async () => (await ask({ ...gateway, key })) === 200);
      await patiently(async () => (await metric(gateway, 'sluice_workers')) === 2);
      t.equal(await metric(gateway, 'sluice_worker_restarts_total'), 1);
      t.ok(
        (await metric(gateway, 'sluice_requests_total', 'outcome="done"')) >= passed,
        'its counts are not forgotten',
      );
      t.match(gateway.printed(), /a worker ended; another one takes its place/);
      await until(async () => {
        const [row] = await gateway.sql(
          "SELECT count(*)::int AS done FROM audit_events WHERE outcome = 'done'",
        );
        return Number(row?.done) >= 27;
      });
      await until(async () => (await readdir(gateway.journal)).length === 2);
      t.pass('the journal that it left is drained and gone');
    },
  );

  await t.test('SIGTERM ends all of them, and nothing is left behind', async (t) => {
    const workers = gateway.workers();
    t.equal(workers.length, 2);
    t.equal(await gateway.end('SIGTERM'), 0);
    t.notOk(workers.some(runs));
    t.same(await readdir(gateway.journal), []);
    t.match(await gateway.sql('SELECT coalesce(sum(leased_pico_usd), 0)::text AS usd FROM budget_windows'), [
      { usd: '0' },
    ]);
    t.same(await gateway.sql('SELECT name FROM nodes'), []);
  });
});

t.test('the primary is killed: its workers end with it', async (t) => {
  const gateway = await node(t);
  const workers = gateway.workers();
  t.equal(workers.length, 2);
  await gateway.end('SIGKILL');
  await until(() => !workers.some(runs));
  t.pass('no orphan serves on');
});
