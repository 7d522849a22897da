/** What the ledger and the admin API say of budgets that policy files declare, through a whole gateway. */
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import t from 'tap';
import { windowAt } from '../../src/budgets/window.ts';
import { migrate, readMigrations } from '../../src/storage/migrate.ts';
import { emptyDatabase, seeEverything, silent } from '../support/database.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const POLICIES = `
version: 1
policies:
  - id: starter
    budgets:
      - { id: cap, scope: org, window: month, amount_usd: "50", timezone: America/New_York }
      - { id: watch, scope: key, window: total, amount_usd: "5", hard: false }
  - id: others
    for: { orgs: [somebody-else] }
    budgets: [{ id: cap, scope: org, window: day, amount_usd: "1" }]
  - id: planned
    enforce: false
    budgets: [{ id: cap, scope: org, window: day, amount_usd: "1" }]
`;

t.test('a window of a policy budget tells its name, scope, amount and end, hard or soft', async (t) => {
  const gateway = await startGateway(t, {}, { policies: POLICIES });
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-chat', messages: [{ role: 'user', content: 'hi' }] }),
  });
  t.equal(response.status, 200);
  const windows = () =>
    gateway.query(
      `SELECT budget_id, name, scope, hard, amount_pico_usd / 1e12 AS amount, window_end, settled_pico_usd
         FROM budget_windows WHERE settled_pico_usd > 0 ORDER BY budget_id`,
    );
  await until(async () => (await windows()).length === 2);
  const monthEndMs = windowAt('month', 'America/New_York', Date.now()).endMs;
  const [cap, watch] = await windows();
  t.match(cap, { name: 'policy/starter/cap', scope: 'org', hard: true, window_end: new Date(monthEndMs) });
  t.equal(Number(cap?.amount), 50);
  t.match(watch, { name: 'policy/starter/watch', scope: 'key', hard: false, window_end: null });
  t.equal(Number(watch?.amount), 5);

  const { body } = await gateway.admin('GET', '/orgs/demo/budgets');
  const listed = body.data as { id: string; subjects: { spent_usd: string; left_usd: string }[] }[];
  t.match(
    listed,
    [
      {
        id: 'policy/starter/cap',
        source: 'policy',
        hard: true,
        resets_at: new Date(monthEndMs).toISOString(),
      },
      { id: 'policy/starter/watch', source: 'policy', hard: false, resets_at: null },
    ],
    'in the order of the files, and neither those of others nor what is only planned',
  );
  t.equal(listed.length, 2);
  const [spent] = listed[1]?.subjects ?? [];
  t.ok(Number(spent?.spent_usd) > 0);
  t.equal((Number(spent?.spent_usd) + Number(spent?.left_usd)).toFixed(6), '5.000000');
});

t.test(
  'windows of a version that did not describe them keep their money and learn what is known',
  async (t) => {
    const url = await emptyDatabase(t);
    const before = (await readMigrations()).filter(({ tag }) => tag < '0007');
    const folder = t.testdir({
      meta: { '_journal.json': JSON.stringify({ entries: before.map(({ tag }) => ({ tag })) }) },
      ...Object.fromEntries(before.map(({ tag, text }) => [`${tag}.sql`, text])),
    });
    await migrate({ url, log: silent, folder: pathToFileURL(`${folder}/`) });
    await seeEverything(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    t.teardown(() => client.end());
    const org = '00000000-0000-7000-8000-000000000001';
    await client.query(`
    INSERT INTO organisations (id, slug, name) VALUES ('${org}', 'acme', 'Acme');
    INSERT INTO budgets (org_id, id, name, scope, "window", timezone, amount_pico_usd, hard)
      VALUES ('${org}', 'known', 'Ours', 'org', 'month', 'Europe/Berlin', 7, false);
    INSERT INTO budget_windows (org_id, budget_id, subject_id, window_start, amount_pico_usd, hard, settled_pico_usd)
      VALUES ('${org}', 'known', '${org}', '2026-02-28T23:00:00Z', 5, false, 1),
             ('${org}', 'policy/p/hard', '${org}', '2026-03-01', 9, true, 2),
             ('${org}', 'policy/p/soft', '${org}', '2026-03-01', 0, false, 3);`);
    // row security binds the migration's login again, which is the owner
    await client.query('DROP POLICY test_inspector ON budget_windows; DROP POLICY test_inspector ON budgets');
    await migrate({ url, log: silent });
    await client.query('CREATE POLICY test_inspector ON budget_windows USING (true)');
    const { rows } = await client.query(
      `SELECT name, scope, amount_pico_usd AS amount, settled_pico_usd AS settled, window_end
       FROM budget_windows ORDER BY budget_id`,
    );
    t.same(rows, [
      // March begins in winter time and ends in summer time
      { name: 'Ours', scope: 'org', amount: '7', settled: '1', window_end: new Date('2026-03-31T22:00:00Z') },
      { name: null, scope: null, amount: '9', settled: '2', window_end: null },
      { name: null, scope: null, amount: null, settled: '3', window_end: null },
    ]);
    await t.rejects(client.query('UPDATE budget_windows SET amount_pico_usd = NULL WHERE hard'), {
      message: /budget_windows_hard_amount/,
    });
  },
);
