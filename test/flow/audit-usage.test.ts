import { sql } from 'drizzle-orm';
import t from 'tap';
import type { AdminRoute } from '../../src/admin/route.ts';
import { auditSink, recordAdmin } from '../../src/audit/index.ts';
import { auditRoutes } from '../../src/audit/routes.ts';
import type { Reach } from '../../src/identity/index.ts';
import { usageSink } from '../../src/metering/index.ts';
import { usageRoutes } from '../../src/metering/routes.ts';
import type { Database } from '../../src/storage/database.ts';
import { openBatch } from '../../src/storage/journal/sink.ts';
import { freshDatabase } from '../support/database.ts';
import { testPrincipal } from '../support/exchange.ts';
import { AT_MS, attempt, ORG, requestRecord } from '../support/records.ts';

const OTHER_ORG = '01890000-0000-7000-8000-000000000002';
const TEAM = '01890000-0000-7000-8000-0000000000aa';
const USER = '01890000-0000-7000-8000-0000000000bb';
const KEY = '01890000-0000-7000-8000-0000000000cc';
const clock = { now: () => AT_MS + 3_600_000, elapsed: () => 0 };

const principal = testPrincipal({
  orgId: ORG,
  userId: USER,
  keyId: KEY,
  role: 'owner',
  managedTeams: [TEAM],
  uses: { inference: false, admin: true },
});

async function store(db: Database, records: readonly unknown[]): Promise<void> {
  const texts = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  await db.write(async (tx) => {
    const batch = await openBatch(tx, texts);
    await auditSink.insert(tx, batch);
    await usageSink.insert(tx, batch);
  });
}

interface Page {
  readonly data: Record<string, unknown>[];
  readonly next_cursor?: string | null;
}

/** Calls a route as the admin API does: strict in, strict out. */
async function ask(
  routes: readonly AdminRoute[],
  query: Record<string, string>,
  reach: Reach = 'all',
  who = principal,
): Promise<Page> {
  const [route] = routes;
  if (!route) throw new Error('no route');
  const result = await route.handle({
    principal: who,
    orgId: ORG,
    reach,
    params: {},
    query: route.query.parse(query),
    body: undefined,
    requestId: 'r',
  });
  return route.answer.parse(result.answer) as Page;
}

t.test('usage sums exactly, in any grouping, as far as the role reaches', async (t) => {
  const { db } = await freshDatabase(t);
  const tagged = (env: string) => ({ details: { ...requestRecord().details, tags: { env } } });
  await store(db, [
    requestRecord({ team_id: TEAM, ...tagged('prod') }, [attempt(), attempt({ cost: undefined })]),
    requestRecord({ user_id: USER, ...tagged('dev') }, [attempt({ model: 'b' })]),
    requestRecord({ key_id: KEY }, [attempt({ cost: { picoUsd: 10n ** 20n + 1n, priceVersion: 'v' } })]),
    requestRecord({ org_id: OTHER_ORG }),
  ]);
  const routes = usageRoutes(db, clock);
  t.match((await ask(routes, {})).data, [
    {
      group: {},
      requests: 3,
      attempts: 4,
      input_tokens: 40,
      cost_usd: '100000000.000003000001',
      unpriced_attempts: 1,
    },
  ]);
  const byTag = (await ask(routes, { group_by: 'tag:env,model,day', order_by: 'cost' })).data.map(
    (row) => row.group,
  );
  t.equal(byTag.length, 2, 'the third request is of production too');
  t.match(byTag[1], { 'tag:env': 'dev', model: 'b', day: '2026-11-20' });
  for (const group of ['org', 'team', 'user', 'key', 'provider', 'prompt', 'prompt_version', 'hour']) {
    t.ok((await ask(routes, { group_by: group })).data.length > 0, group);
  }
  t.match((await ask(routes, {}, 'team')).data, [{ requests: 2 }]);
  t.match((await ask(routes, {}, 'self')).data, [{ requests: 1 }]);
  t.match((await ask(routes, {}, 'self', { ...principal, userId: null })).data, [
    { requests: 1, attempts: 1 },
  ]);
  t.match((await ask(routes, {}, 'none')).data, [{ requests: 0 }]);
  t.same((await ask(routes, { to: new Date(AT_MS).toISOString(), group_by: 'model' })).data, []);
});

t.test('a grouping that nobody knows is refused, also one that tries its hand at SQL', async (t) => {
  const { db } = await freshDatabase(t);
  for (const grouping of ['colour', 'tag:', "tag:a'; DROP TABLE usage_events; --", 'day,day,day,day,day']) {
    await t.rejects(ask(usageRoutes(db, clock), { group_by: grouping }), { name: 'ZodError' });
  }
});

t.test('the audit trail is paged without gaps and repetitions, and filtered', async (t) => {
  const { db } = await freshDatabase(t);
  const requests = Array.from({ length: 25 }, (_, n) =>
    requestRecord({
      occurred_at: new Date(AT_MS + (n >> 2)).toISOString(),
      outcome: n % 5 === 0 ? 'refused' : 'done',
      fault: n % 5 === 0 ? 'policy_denied' : null,
    }),
  );
  const admin: string[] = [];
  void recordAdmin(
    { append: (json) => void admin.push(json) },
    {
      atMs: clock.now(),
      requestId: 'req_admin',
      orgId: ORG,
      actor: 'key/1',
      teamId: null,
      userId: USER,
      keyId: KEY,
      remoteAddress: '::1',
      action: 'keys.create',
      resource: 'key/\0',
      outcome: 'done',
      fault: null,
      status: 201,
      durationMs: 4.5,
      changes: { name: 'lone \ud800', expires_at: new Date(0), amount: 5n },
    },
  );
  await store(db, [
    ...requests,
    ...admin,
    requestRecord({ org_id: OTHER_ORG }),
    requestRecord({ org_id: null, usage: [] }),
  ]);
  const routes = auditRoutes(db);

  const seen: unknown[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await ask(routes, { limit: '7', kind: 'request', ...(cursor ? { cursor } : {}) });
    seen.push(...page.data.map((row) => row.id));
    cursor = page.next_cursor;
  } while (cursor);
  t.equal(seen.length, 25);
  t.equal(new Set(seen).size, 25);

  t.equal((await ask(routes, { outcome: 'refused' })).data.length, 5);
  t.equal((await ask(routes, { to: new Date(AT_MS + 1).toISOString() })).data.length, 4);
  t.match((await ask(routes, { kind: 'admin', actor: 'key/1' })).data, [
    {
      action: 'keys.create',
      resource: 'key/\ufffd',
      status: 201,
      details: { changes: { name: 'lone \ufffd', expires_at: '1970-01-01T00:00:00.000Z', amount: '5' } },
    },
  ]);
  await t.rejects(ask(routes, { cursor: 'abc' }), { code: 'invalid_request' });
  t.match((await ask(routes, { request_id: 'req_admin' })).data, [{ action: 'keys.create' }]);
  t.strictSame((await ask(routes, { request_id: 'req_nobody' })).data, []);
  const { rows } = await db.withOrg(ORG, (tx) => tx.execute(sql`SELECT DISTINCT org_id FROM audit_events`));
  t.equal(rows.length, 1, 'no other organisation, and none of nobody');
});
