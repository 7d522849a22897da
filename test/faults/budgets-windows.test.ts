/** What a budget counts, over which time, and whom it tells: on a real ledger that several nodes share. */
import { sql } from 'drizzle-orm';
import t from 'tap';
import type { BudgetRule } from '../../src/budgets/index.ts';
import { postgresLedger } from '../../src/budgets/store-leases.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { parseUsd } from '../../src/core/money.ts';
import type { Principal } from '../../src/identity/index.ts';
import type { Database } from '../../src/storage/database.ts';
import {
  drain,
  id,
  ledgerOf,
  type Node,
  openNode,
  RULE,
  recordOf,
  reserve,
  setUp,
} from '../support/budget-nodes.ts';
import { testPrincipal } from '../support/exchange.ts';

async function spend(
  node: Node,
  db: Database,
  principal: Principal,
  usd: string,
  more: { prompt?: string; tagHeader?: string } = {},
): Promise<boolean> {
  const hold = await reserve(node, principal, usd, more);
  hold?.settle(() => parseUsd(usd));
  if (hold) await drain(node, db, [recordOf(principal.orgId, hold)]);
  return hold !== undefined;
}

async function rows(db: Database, query: ReturnType<typeof sql>): Promise<Record<string, unknown>[]> {
  return ((await db.write((tx) => tx.execute(query))) as unknown as { rows: Record<string, unknown>[] }).rows;
}

/** What nodes held for requests to come goes back within two rounds. */
async function rest(...nodes: readonly Node[]): Promise<void> {
  for (const node of [...nodes, ...nodes]) await node.upkeep();
}

t.test('a rolling window counts what was spent in the time before, and nothing older', async (t) => {
  const { db, principal } = await setUp(t);
  const nodes = [0, 1].map(() => openNode(db, { rule: { window: { rolling: '24h' } } }));
  const [one, two] = nodes as [Node, Node];
  t.ok(await spend(one, db, principal, '0.6'));
  await rest(one);
  t.ok(await spend(two, db, principal, '0.4'));
  t.notOk(await reserve(two, principal, '0.1'), 'all of it is spent');

  const [bucket] = await rows(
    db,
    sql`SELECT extract(epoch FROM expires_at - now())::int AS secs FROM budget_buckets LIMIT 1`,
  );
  const seconds = Number(bucket?.secs);
  t.ok(seconds > 86_000 && seconds <= 86_400 + 864, `kept ${seconds} s: the window, and a hundredth at most`);

  await rows(
    db,
    sql`WITH old AS (UPDATE budget_buckets SET settled_pico_usd = settled_pico_usd - 300000000000 RETURNING *)
        INSERT INTO budget_buckets SELECT org_id, budget_id, subject_id, window_start, bucket_start - interval '1 day',
          now() - interval '1 second', 300000000000 FROM old LIMIT 1`,
  );
  t.notOk(await reserve(one, principal, '0.31'), 'only that is free again');
  t.ok(await reserve(one, principal, '0.29'), 'the ledger forgot it when it was asked');
  t.match(await ledgerOf(db), { settled: '0.7' });
});

t.test('rolling windows of other lengths, and those of the calendar, do not mix', async (t) => {
  const { db, principal } = await setUp(t);
  for (const window of [{ rolling: '24h' }, { rolling: '7d' }, 'total'] as const) {
    t.ok(await spend(openNode(db, { rule: { window } }), db, principal, '0.9'), JSON.stringify(window));
  }
  t.equal((await rows(db, sql`SELECT FROM budget_windows`)).length, 3);
});

t.test('upkeep forgets for those who only read', async (t) => {
  const { db, principal } = await setUp(t);
  let elapsedMs = 0;
  const clock: Clock = { now: () => Date.now(), elapsed: () => elapsedMs };
  const node = openNode(db, { clock, rule: { window: { rolling: '90m' }, hard: false } });
  t.ok(await spend(node, db, principal, '5'));
  await rows(db, sql`UPDATE budget_buckets SET expires_at = now()`);
  elapsedMs = 1e6;
  await node.upkeep();
  t.match(await ledgerOf(db), { settled: '0' });
  t.equal((await rows(db, sql`SELECT FROM budget_buckets`)).length, 0);
});

t.test('an alert is reported once per window, whichever of the nodes sees it', async (t) => {
  const { db, principal } = await setUp(t);
  const rule: Partial<BudgetRule> = { alert_percents: [100, 50, 80] };
  const nodes = [0, 1].map(() => openNode(db, { rule }));
  const [one, two] = nodes as [Node, Node];
  const percents = async () =>
    (
      await rows(
        db,
        sql`SELECT payload->>'percent' AS percent FROM outbox ORDER BY (payload->>'percent')::int`,
      )
    ).map(({ percent }) => percent);
  t.ok(await spend(one, db, principal, '0.49'));
  t.same(await percents(), []);
  // both drain at once what passes it together
  const holds = await Promise.all([reserve(one, principal, '0.01'), reserve(two, principal, '0.02')]);
  for (const hold of holds) hold?.settle(() => parseUsd('0.01'));
  await Promise.all(
    holds.map((hold, index) => hold && drain(nodes[index] as Node, db, [recordOf(principal.orgId, hold)])),
  );
  t.same(await percents(), ['50']);
  await rest(one, two);
  t.ok(await spend(two, db, principal, '0.4'));
  t.ok(await spend(one, db, principal, '0.05'));
  t.same(await percents(), ['50', '80']);
  t.equal(one.stats.alerts + two.stats.alerts, 2, 'the metric counts each once, too');
  const [event] = await rows(db, sql`SELECT kind, org_id, payload, delivered_at FROM outbox`);
  t.match(event, {
    kind: 'budget.alert',
    org_id: principal.orgId,
    delivered_at: null,
    payload: {
      budget_id: 'policy/test/cap',
      scope: 'org',
      amount_pico_usd: '1000000000000',
      rolling_seconds: null,
    },
  });
});

t.test('an alert of a soft budget, of a window that begins anew, and of a rolling one', async (t) => {
  const { db, principal } = await setUp(t);
  let nowMs = Date.parse('2026-03-01T12:00:00Z');
  const clock: Clock = { ...systemClock, now: () => nowMs };
  const soft = openNode(db, { clock, rule: { hard: false, window: 'day', alert_percents: [100] } });
  for (const usd of ['0.6', '0.6', '0.6']) t.ok(await spend(soft, db, principal, usd));
  t.equal((await rows(db, sql`SELECT FROM outbox`)).length, 1);
  nowMs += 24 * 3_600_000;
  t.ok(await spend(soft, db, principal, '1'));
  t.equal((await rows(db, sql`SELECT FROM outbox`)).length, 2, 'another day, another alert');

  const rolling = openNode(db, { rule: { hard: false, window: { rolling: '30d' }, alert_percents: [10] } });
  for (const usd of ['0.1', '0.1']) t.ok(await spend(rolling, db, principal, usd));
  t.equal((await rows(db, sql`SELECT FROM outbox`)).length, 3);
});

t.test('a raise holds until its date, on all nodes, without another request for it', async (t) => {
  const { db, principal } = await setUp(t);
  let nowMs = Date.parse('2026-03-01T12:00:00Z');
  const clock: Clock = { ...systemClock, now: () => nowMs };
  const rule = { raises: [{ by_usd: '0.5', until: '2026-03-02T00:00:00+00:00' }] };
  const [one, two] = [0, 1].map(() => openNode(db, { clock, rule })) as [Node, Node];
  t.ok(await spend(one, db, principal, '0.9'));
  await rest(one);
  t.ok(await spend(two, db, principal, '0.4'), 'of $1.50');
  await rest(one, two);
  nowMs = Date.parse('2026-03-02T00:00:00Z');
  t.notOk(await reserve(two, principal, '0.01'));
  t.notOk(await reserve(one, principal, '0.01'));
  const [window] = await rows(db, sql`SELECT amount_pico_usd FROM budget_windows`);
  t.equal(window?.amount_pico_usd, '1000000000000');
});

t.test('each prompt and each value of a tag has its own budget, or one of them has', async (t) => {
  const { db, orgId } = await setUp(t);
  const rules: BudgetRule[] = [
    { ...RULE, id: 'prompts', scope: 'prompt' },
    { ...RULE, id: 'envs', scope: 'tag', tag: 'env' },
    { ...RULE, id: 'prod', scope: 'tag', tag: 'env=prod', amount_usd: '0.5' },
    { ...RULE, id: 'greet', scope: 'prompt', prompt: 'greet', amount_usd: '0.7' },
  ];
  const node = openNode(db, { rules });
  const principal = testPrincipal({ orgId, keyId: id() });
  const ids = (more: { prompt?: string; tagHeader?: string }): string[] =>
    node.books
      .matching({ principal, prompt: undefined, tagHeader: undefined, ...more })
      .map(({ budget }) => budget.id);
  t.same(ids({}), [], 'neither prompt nor tag');
  t.same(ids({ prompt: 'greet', tagHeader: 'env=prod' }), ['prompts', 'envs', 'prod', 'greet']);
  t.same(ids({ prompt: 'other', tagHeader: 'env=dev,x=y' }), ['prompts', 'envs']);
  t.same(ids({ tagHeader: 'Env=prod' }), [], 'names of tags are exact');

  t.ok(await spend(node, db, principal, '0.5', { tagHeader: 'env=prod' }));
  t.notOk(await reserve(node, principal, '0.1', { tagHeader: 'env=prod' }), 'the one value is used up');
  t.ok(await reserve(node, principal, '0.9', { tagHeader: 'env=dev' }), 'another is not');
  t.ok(await reserve(node, principal, '0.7', { prompt: 'greet' }));
  t.notOk(await reserve(node, principal, '0.31', { prompt: 'greet' }));

  const bound = testPrincipal({ orgId, keyId: id(), tags: { env: 'prod' } });
  t.notOk(
    await reserve(node, bound, '0.1', { tagHeader: 'env=dev' }),
    'a caller cannot leave the tag of its key',
  );
  t.same(
    (
      await rows(
        db,
        sql`SELECT budget_id, subject_name FROM budget_windows WHERE settled_pico_usd > 0 ORDER BY budget_id`,
      )
    ).map(({ budget_id, subject_name }) => [budget_id, subject_name]),
    [
      ['envs', 'prod'],
      ['prod', 'prod'],
    ],
  );
});

t.test('values of tags that nobody uses any more take no memory, and lose no money', async (t) => {
  const { db, principal } = await setUp(t);
  const node = openNode(db, { rule: { scope: 'tag', tag: 'v' } });
  const ask = (value: string) =>
    node.books.matching({ principal, prompt: undefined, tagHeader: `v=${value}` });
  const held = await reserve(node, principal, '0.6', { tagHeader: 'v=held' });
  for (let n = 0; n < 10_500; n++) ask(String(n));
  await node.upkeep();
  t.equal([...node.books.accounts].length, 1, 'only what is held');
  t.notOk(await reserve(node, principal, '0.6', { tagHeader: 'v=held' }), 'and it is still counted');
  held?.settle(() => 0n);
  t.ok(await reserve(node, principal, '0.6', { tagHeader: 'v=held' }));
});

t.test('leases of those who come no more lapse, when all that was spent of them is drained', async (t) => {
  const { db, principal } = await setUp(t);
  let elapsedMs = 0;
  const node = openNode(db, {
    clock: { now: () => systemClock.now(), elapsed: () => elapsedMs },
    settings: { lease_ttl_seconds: 80 },
    rule: { scope: 'tag', tag: 'v' },
  });
  const renewals = async (): Promise<number> => {
    for (let round = 0; round < 3; round++) {
      elapsedMs += 11_000;
      await node.upkeep();
    }
    return [...node.books.accounts].filter(({ renewal }) => renewal !== undefined).length;
  };
  const late = await reserve(node, principal, '0.3', { tagHeader: 'v=late' });
  late?.settle(() => parseUsd('0.3'));
  for (let n = 0; n < 20; n++) await spend(node, db, principal, '0.6', { tagHeader: `v=${n}` });
  t.equal(await renewals(), 1, 'the one whose record is still in a journal');
  t.same(await rows(db, sql`SELECT count(*)::int AS count FROM budget_leases WHERE remaining_pico_usd > 0`), [
    { count: 1 },
  ]);
  if (late) await drain(node, db, [recordOf(principal.orgId, late)]);
  t.equal(await renewals(), 0);
  for (const [value, usd, passes] of [
    ['7', '0.5', false],
    ['7', '0.4', true],
    ['late', '0.7', true],
  ] as const)
    t.equal(await spend(node, db, principal, usd, { tagHeader: `v=${value}` }), passes, `${value}: ${usd}`);
});

t.test('a node may hold more leases than a statement has parameters', async (t) => {
  const { db } = await setUp(t);
  const leases = Array.from({ length: 70_000 }, () => id());
  t.equal((await postgresLedger(db, id(), 1_000).renew(leases)).size, 0);
});

t.test('1,000 requests under one lease ask the database nothing', async (t) => {
  const { db, principal } = await setUp(t);
  let asked = 0;
  const counting: Database = {
    ...db,
    write: (work) => {
      asked += 1;
      return db.write(work);
    },
  };
  const node = openNode(counting, { rule: { amount_usd: '1000' } });
  const first = await reserve(node, principal, '5');
  first?.settle(() => 0n);
  t.equal(asked, 1, 'the first took the lease');
  for (let n = 0; n < 1_000; n++) {
    const matches = node.books.matching({ principal, prompt: undefined, tagHeader: undefined });
    const hold = node.books.reserve(matches, [parseUsd('0.01')]);
    if (!('settle' in hold)) return t.fail('it had to wait');
    hold.settle(() => parseUsd('0.003'));
  }
  t.equal(asked, 1, 'none of the thousand asked');
});

t.test(
  'four nodes use at least 97 % of a dollar in requests of a cent, and never more than it',
  async (t) => {
    const { db, principal } = await setUp(t);
    const nodes = [0, 1, 2, 3].map(() => openNode(db));
    let passed = 0;
    await Promise.all(
      nodes.map(async (node) => {
        for (let refused = 0; refused < 3; ) {
          if (await spend(node, db, principal, '0.01')) passed += 1;
          else {
            refused += 1;
            await node.upkeep();
          }
        }
      }),
    );
    t.ok(passed >= 97 && passed <= 100, `${passed} of 100`);
    for (const node of nodes) await node.close();
    t.match(await ledgerOf(db), { leased: '0', leases: '0' });
  },
);
