import { sql } from 'drizzle-orm';
import t from 'tap';
import type { PolicyBudget } from '../../src/budgets/index.ts';
import { openBudgets } from '../../src/budgets/index.ts';
import { Reservation } from '../../src/budgets/reservation.ts';
import { budgetRoutes } from '../../src/budgets/routes.ts';
import { budgetSettings } from '../../src/budgets/settings.ts';
import { windowAt } from '../../src/budgets/window.ts';
import { systemClock } from '../../src/core/clock.ts';
import { parseUsd } from '../../src/core/money.ts';
import type { Changes, Database } from '../../src/storage/database.ts';
import { populate, startAdmin } from '../support/admin.ts';
import { silent } from '../support/database.ts';
import { testPrincipal } from '../support/exchange.ts';

const DECLARED: readonly PolicyBudget[] = [
  {
    id: 'policy/starter/per-team',
    policy: 'starter',
    scope: 'team',
    window: 'day',
    timezone: 'Europe/Berlin',
    amount_usd: '3',
    hard: false,
    alert_percents: [80],
    raises: [],
  },
];

t.test('budgets through the admin API', async (t) => {
  // The routes are made before the test's database is; they only ever ask for it.
  let opened: Database | undefined;
  const db = { withOrg: (...args) => (opened as Database).withOrg(...args) } as Pick<
    Database,
    'withOrg'
  > as Database;
  const admin = await startAdmin(t, {
    extraRoutes: budgetRoutes({
      db,
      clock: systemClock,
      policyBudgets: (_orgId, slug) => (slug === 'acme' ? DECLARED : []),
    }),
  });
  opened = admin.db;
  const acme = await populate(admin, 'acme');
  const rival = await populate(admin, 'rival');
  const base = '/orgs/acme/budgets';
  const monthly = { name: 'All of us', scope: 'org', window: 'month', amount_usd: '1' };
  const created = await admin.ok('POST', base, acme.keys.owner, monthly);

  await t.test('is created, read, changed and deleted, each recorded', async (t) => {
    t.match(created, { ...monthly, timezone: 'UTC', hard: true, subjects: [], models: null });
    t.match(await admin.ok('GET', `${base}/${created.id}`, acme.keys.admin), { id: created.id });
    t.match(await admin.ok('GET', `/budgets/${created.id}`, acme.keys.admin), { id: created.id });
    t.equal((await admin.ok('GET', '/budgets', acme.keys.admin)).data[0].id, created.id);
    t.equal((await admin.call('GET', `/budgets/${created.id}`, rival.keys.owner)).status, 404);
    const changed = await admin.ok('PATCH', `${base}/${created.id}`, acme.keys.admin, { amount_usd: '2.50' });
    t.equal(changed.amount_usd, '2.5');
    const other = await admin.ok('POST', base, acme.keys.owner, { ...monthly, name: 'Short-lived' });
    await admin.ok('DELETE', `${base}/${other.id}`, acme.keys.owner);
    t.equal((await admin.call('GET', `${base}/${other.id}`, acme.keys.owner)).status, 404);
    t.match(
      admin.entries.filter(({ action }) => action.startsWith('budgets.')).map(({ action }) => action),
      ['budgets.write', 'budgets.write', 'budgets.write', 'budgets.delete'],
    );
  });

  await t.test('unknown fields and impossible values are refused by name (bifrost#5673)', async (t) => {
    for (const [body, param] of [
      [{ ...monthly, amount: 5 }, 'amount'],
      [{ ...monthly, amount_usd: 5 }, 'amount_usd'],
      [{ ...monthly, timezone: 'Mars/Olympus' }, 'timezone'],
      [{ ...monthly, scope: 'team', scope_id: rival.teams.red }, 'scope_id'],
      [{ ...monthly, scope: 'tag' }, 'tag'],
      [{ ...monthly, tag: 'env' }, 'tag'],
      [{ ...monthly, scope: 'team', prompt: 'greet' }, 'prompt'],
      [{ ...monthly, window: { rolling: 'a day' } }, 'window'],
      [{ ...monthly, raises: [{ by_usd: '1', until: 'tomorrow' }] }, 'until'],
    ] as const) {
      const reply = await admin.call('POST', base, acme.keys.owner, body);
      t.ok(reply.status === 400 || reply.status === 422, `${param}: ${reply.status}`);
      t.match(JSON.stringify(reply.body), new RegExp(param));
    }
  });

  await t.test(
    'what is refused says how it is written, and no text that Postgres cannot store gets there',
    async (t) => {
      const prompt = { name: 'b', scope: 'prompt', window: 'day', amount_usd: '1' };
      const cases: [object, string, RegExp][] = [
        [{ amount_usd: '-1' }, 'amount_usd', /"250.00"/],
        [{ window: { rolling: '1w' } }, 'window.rolling', /"24h"/],
        [{ scope: 'tag', tag: 'a,b' }, 'tag', /env=prod/],
      ];
      for (const text of ['a\0b', 'a\ud800'])
        for (const field of ['name', 'prompt']) cases.push([{ [field]: text }, field, /NUL character/]);
      for (const [change, param, message] of cases) {
        const refused = await admin.call('POST', base, acme.keys.owner, { ...prompt, ...change });
        t.equal(refused.status, 400);
        t.match(refused.body.error, { param, message });
      }
    },
  );

  await t.test('tags, prompts, rolling windows and raises; how fast it is spent', async (t) => {
    const body = {
      name: 'Staging',
      scope: 'tag',
      tag: 'env=staging',
      amount_usd: '10',
      alert_percents: [80],
    };
    const made = await admin.ok('POST', base, acme.keys.owner, { ...body, window: { rolling: '24h' } });
    t.match(made, { ...body, window: { rolling: '24h' }, resets_at: null, window_started_at: null });
    await admin.db.write((tx) =>
      tx.execute(sql`INSERT INTO budget_windows (org_id, budget_id, subject_id, subject_name, window_start, hard,
          settled_pico_usd, amount_pico_usd, opened_at, rolling_seconds)
        VALUES (${acme.id}, ${made.id}, ${acme.id}, 'staging', ${new Date(-86_400_000).toISOString()}, true,
          6000000000000, 10000000000000, now() - interval '2 hours', 86400)`),
    );
    const path = `${base}/${made.id}`;
    const [line] = (await admin.ok('GET', path, acme.keys.owner)).subjects;
    t.match(line, { subject_name: 'staging', spent_usd: '6', left_usd: '4' });
    t.ok(Math.abs(Number(line.burn_rate_usd_per_hour) - 3) < 0.1, '$6 in two hours');
    const hours = (Date.parse(line.exhausted_at) - Date.now()) / 3_600_000;
    t.ok(Math.abs(hours - 4 / 3) < 0.1, `$4 more at $3 an hour: ${hours} h`);

    const until = new Date(Date.now() + 3_600_000).toISOString();
    const raised = await admin.ok('PATCH', path, acme.keys.owner, { raises: [{ by_usd: '5', until }] });
    t.match(raised, { amount_usd: '10', amount_now_usd: '15', subjects: [{ left_usd: '9' }] });
    const ended = [{ by_usd: '5', until: '2026-01-01T00:00:00Z' }];
    t.match(await admin.ok('PATCH', path, acme.keys.owner, { raises: ended }), { amount_now_usd: '10' });
    t.equal((await admin.call('GET', path, acme.keys.manager)).status, 404, 'managers see teams only');

    const greet = { name: 'Greeter', scope: 'prompt', prompt: 'greet', window: 'day', amount_usd: '1' };
    t.match(await admin.ok('POST', base, acme.keys.owner, greet), { ...greet, tag: null });
    await admin.ok('DELETE', path, acme.keys.owner);
  });

  await t.test(
    'reaches: managers see the budgets of their teams, members none, others nothing',
    async (t) => {
      const red = await admin.ok('POST', base, acme.keys.owner, {
        ...monthly,
        name: 'Red',
        scope: 'team',
        scope_id: acme.teams.red,
      });
      const seen = await admin.ok('GET', base, acme.keys.manager);
      t.same(
        seen.data.map(({ id }: { id: string }) => id),
        [red.id, 'policy/starter/per-team'],
      );
      t.equal((await admin.call('GET', `${base}/${created.id}`, acme.keys.manager)).status, 404);
      t.equal((await admin.call('GET', base, acme.keys.member)).status, 403);
      t.equal((await admin.call('POST', base, acme.keys.manager, monthly)).status, 403);
      t.equal((await admin.call('GET', `${base}/${created.id}`, rival.keys.owner)).status, 404);
      t.equal((await admin.call('GET', `/orgs/rival/budgets/${created.id}`, rival.keys.owner)).status, 404);
    },
  );

  await t.test(
    'a budget made here is held by the gateway, and tells what is spent, leased and left',
    async (t) => {
      const house = openBudgets({
        db: admin.db,
        nodeId: 'node',
        clock: systemClock,
        settings: budgetSettings.parse({}),
        budgetsFor: () => [],
        log: silent,
      });
      const once: Changes = { watch: (_house, reload) => reload(), close: async () => undefined };
      await house.watch(once);
      const principal = testPrincipal({ orgId: acme.id });
      const matches = house.books.matching({ principal, prompt: undefined, tagHeader: undefined });
      t.same(
        matches.map(({ key }) => key.budgetId),
        [created.id],
        'that of the red team does not count others',
      );
      const hold = await house.books.reserve(matches, [parseUsd('0.5')]);
      if (!(hold instanceof Reservation)) return t.fail('refused');
      const reserved = await admin.ok('GET', `${base}/${created.id}`, acme.keys.owner);
      t.match(reserved.subjects, [{ subject_id: acme.id, spent_usd: '0' }]);
      t.ok(Number(reserved.subjects[0].leased_usd) >= 0.5);
      hold.settle(() => parseUsd('0.25'));
      await house.close();
      await admin.db.write((tx) =>
        tx.execute(sql`UPDATE budget_windows SET settled_pico_usd = 250000000000`),
      );
      const after = await admin.ok('GET', `${base}/${created.id}`, acme.keys.owner);
      t.match(after.subjects, [{ spent_usd: '0.25', leased_usd: '0.25', left_usd: '2' }]);
      t.match(after.resets_at, /-01T00:00:00\.000Z$/);
    },
  );

  await t.test('budgets of policies are listed, read by their id, and changed in their files', async (t) => {
    const id = 'policy/starter/per-team';
    const path = `${base}/${encodeURIComponent(id)}`;
    const { startMs, endMs } = windowAt('day', 'Europe/Berlin', Date.now());
    for (const team of [acme.teams.red, acme.teams.blue]) {
      await admin.db.write((tx) =>
        tx.execute(sql`INSERT INTO budget_windows
          (org_id, budget_id, subject_id, window_start, hard, settled_pico_usd, amount_pico_usd)
          VALUES (${acme.id}, ${id}, ${team}, ${new Date(startMs).toISOString()}, false, 500000000000, 3000000000000)`),
      );
    }
    const read = await admin.ok('GET', path, acme.keys.owner);
    const resetsAt = new Date(endMs).toISOString();
    const line = { spent_usd: '0.5', leased_usd: '0', left_usd: '2.5', resets_at: resetsAt };
    t.match(read, {
      id,
      source: 'policy',
      policy: 'starter',
      amount_usd: '3',
      hard: false,
      resets_at: resetsAt,
    });
    t.match(read.subjects, [line, line]);
    const { data } = await admin.ok('GET', base, acme.keys.admin);
    const { subjects: _lines, ...same } = read;
    t.match(
      data.find((budget: { id: string }) => budget.id === id),
      same,
    );
    t.match(await admin.ok('GET', `${base}/${created.id}`, acme.keys.owner), { source: 'api', policy: null });

    const asManager = await admin.ok('GET', path, acme.keys.manager);
    t.match(asManager.subjects, [{ subject_id: acme.teams.red }]);
    t.equal(asManager.subjects.length, 1, 'the other team is not theirs');

    t.equal(read.subjects_left_out, 0);
    await admin.db.write((tx) =>
      tx.execute(sql`INSERT INTO budget_windows
        (org_id, budget_id, subject_id, window_start, hard, settled_pico_usd, amount_pico_usd)
        SELECT ${acme.id}, ${id}, gen_random_uuid(), ${new Date(startMs).toISOString()}, false, 600000000000, 3000000000000
        FROM generate_series(1, 1001)`),
    );
    const crowd = await admin.ok('GET', path, acme.keys.owner);
    t.equal(crowd.subjects.length, 1_000, 'those that spent the most');
    t.ok(crowd.subjects.every(({ spent_usd }: { spent_usd: string }) => spent_usd === '0.6'));
    t.equal(crowd.subjects_left_out, 3);
    const stillTheirs = await admin.ok('GET', path, acme.keys.manager);
    t.match(stillTheirs, { subjects: [{ subject_id: acme.teams.red }], subjects_left_out: 0 });

    for (const [method, body] of [
      ['PATCH', { amount_usd: '9' }],
      ['DELETE', undefined],
    ] as const) {
      const reply = await admin.call(method, path, acme.keys.owner, body);
      t.equal(reply.status, 422);
      t.match(
        JSON.stringify(reply.body),
        /declared by policy \\"starter\\"\. Change it in that policy's file/,
      );
    }
    t.equal(
      (await admin.call('GET', `/orgs/rival/budgets/${encodeURIComponent(id)}`, rival.keys.owner)).status,
      404,
    );
    t.same((await admin.ok('GET', '/orgs/rival/budgets', rival.keys.owner)).data, []);
  });
});
