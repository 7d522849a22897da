/** The statement of account is the ledger: on random traffic, whatever is drained twice, late, or folded meanwhile. */
import { pathToFileURL } from 'node:url';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import pg from 'pg';
import t, { type Test } from 'tap';
import type { AdminRoute } from '../../src/admin/route.ts';
import { auditSink } from '../../src/audit/index.ts';
import type { Attempt } from '../../src/core/attempt.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { formatUsd, parseUsd } from '../../src/core/money.ts';
import type { Saving } from '../../src/core/saving.ts';
import { foldRollups, savedLine, usageSink } from '../../src/metering/index.ts';
import { usageRoutes } from '../../src/metering/routes.ts';
import { USAGE_GROUPS } from '../../src/metering/statement.ts';
import type { Database } from '../../src/storage/database.ts';
import { openBatch } from '../../src/storage/journal/sink.ts';
import { migrate, readMigrations } from '../../src/storage/migrate.ts';
import { openDatabase } from '../../src/storage/postgres.ts';
import { emptyDatabase, freshDatabase, seeEverything, silent } from '../support/database.ts';
import { testPrincipal } from '../support/exchange.ts';
import { startGateway } from '../support/gateway.ts';
import { AT_MS, attempt, ORG, requestRecord } from '../support/records.ts';
import { until } from '../support/until.ts';

const OTHER_ORG = '01890000-0000-7000-8000-000000000002';
const clock = { now: () => AT_MS + 3_600_000, elapsed: () => 0 };
const OWNER = testPrincipal({ orgId: ORG, role: 'owner', uses: { inference: false, admin: true } });
const OPERATOR = testPrincipal({ orgId: '', role: 'platform', uses: { inference: false, admin: true } });

interface Line {
  readonly group: Record<string, string | null>;
  readonly requests: number;
  readonly attempts: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: string;
  readonly saved_usd: string;
  readonly unpriced_attempts: number;
}

interface Page {
  readonly data: Line[];
  readonly next_cursor: string | null;
}

/** Calls the route as the admin API does; `/usage` for operators, the organisation's own for others. */
async function ask(db: Database, asked: Record<string, string>, who = OWNER) {
  const operator = who.role === 'platform';
  const route = usageRoutes(db, clock)[operator ? 0 : 1] as AdminRoute;
  const result = await route.handle({
    principal: who,
    orgId: operator ? '' : ORG,
    reach: 'all',
    params: {},
    query: route.query.parse(asked),
    body: undefined,
    requestId: 'r',
  });
  return { page: route.answer.parse(result.answer) as Page, file: result.file };
}

async function drain(db: Database, records: readonly object[]): Promise<void> {
  await db.write(async (tx) => {
    const batch = await openBatch(
      tx,
      records.map((record) => JSON.stringify(record)),
    );
    await auditSink.insert(tx, batch);
    await usageSink.insert(tx, batch);
  });
}

const uuid = (kind: number) => (n: number) => `01890000-0000-7000-8000-0000000${kind}000${n}`;
const DAY_MS = 24 * 3_600_000;

const anyAttempt = fc.record({
  provider: fc.constantFrom('openai', 'anthropic'),
  model: fc.constantFrom('a', 'b', 'c'),
  startedAtMs: fc.integer({ min: AT_MS - 40 * DAY_MS, max: AT_MS }),
  usage: fc.record({
    input: fc.nat({ max: 1e6 }),
    output: fc.nat({ max: 1e6 }),
    source: fc.constantFrom('reported', 'estimated'),
  }),
  cost: fc.option(fc.bigInt({ min: 0n, max: 10n ** 20n })),
});

const anyRecord = fc
  .record({
    org: fc.constantFrom(ORG, ORG, OTHER_ORG),
    team: fc.option(fc.nat({ max: 2 }).map(uuid(1))),
    user: fc.option(fc.nat({ max: 2 }).map(uuid(2))),
    key: fc.option(fc.nat({ max: 2 }).map(uuid(3))),
    prompt: fc.option(
      fc.record({ name: fc.constantFrom('p', 'q'), version: fc.integer({ min: 1, max: 2 }) }),
    ),
    tags: fc.dictionary(fc.constantFrom('env', 'app'), fc.constantFrom('prod', 'dev', ''), { maxKeys: 2 }),
    attempts: fc.array(anyAttempt, { maxLength: 3 }),
    hit: fc.boolean(),
  })
  .map(({ org, team, user, key, prompt, tags, attempts, hit }) => {
    const made = attempts.map(({ usage, cost, ...rest }) => {
      const base = attempt();
      return {
        ...base,
        ...rest,
        usage: {
          ...base.usage,
          inputTokens: usage.input,
          outputTokens: usage.output,
          source: usage.source as 'reported',
        },
        cost: cost === null ? undefined : { picoUsd: cost, priceVersion: 'v' },
      };
    });
    const { details } = requestRecord();
    const saved = hit ? made[0] : undefined;
    return requestRecord(
      {
        ...(saved && { usage: [savedLine(savingOf(saved), uuidv7(AT_MS), saved.startedAtMs)] }),
        org_id: org,
        team_id: team,
        user_id: user,
        key_id: key,
        details: { ...details, tags, prompt: prompt === null ? null : { ...prompt, label: null } },
      },
      made,
    );
  });

const savingOf = (paid: Attempt): Saving => ({ target: paid, picoUsd: paid.cost?.picoUsd });

const SUMS = `count(*) FILTER (WHERE attempt = 1)::int AS requests, count(*) FILTER (WHERE outcome <> 'cached')::int AS attempts,
  coalesce(sum(input_tokens), 0)::text AS input, coalesce(sum(output_tokens), 0)::text AS output,
  coalesce(sum(cost_pico_usd), 0)::text AS pico, coalesce(sum(saved_pico_usd), 0)::text AS saved,
  count(*) FILTER (WHERE cost_pico_usd IS NULL)::int AS unpriced`;

/** The sums of a statement, added up over its lines. */
function added(lines: readonly Line[]): object {
  const of = (read: (line: Line) => number) => lines.reduce((sum, line) => sum + read(line), 0);
  return {
    requests: of((line) => line.requests),
    attempts: of((line) => line.attempts),
    input: String(of((line) => line.input_tokens)),
    output: String(of((line) => line.output_tokens)),
    pico: String(lines.reduce((sum, line) => sum + parseUsd(line.cost_usd), 0n)),
    saved: String(lines.reduce((sum, line) => sum + parseUsd(line.saved_usd), 0n)),
    unpriced: of((line) => line.unpriced_attempts),
  };
}

async function everyPage(db: Database, asked: Record<string, string>, who = OWNER): Promise<Line[]> {
  const lines: Line[] = [];
  let cursor: string | null = null;
  do {
    const { page } = await ask(db, { ...asked, limit: '7', ...(cursor === null ? {} : { cursor }) }, who);
    lines.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return lines;
}

t.test('sums are those of the lines, to the last unit, in any grouping, time and order', async (t) => {
  const { db, url } = await freshDatabase(t);
  await seeEverything(url);
  const inspector = new pg.Client({ connectionString: url });
  await inspector.connect();
  t.teardown(() => inspector.end());
  const rowOf = async (text: string): Promise<unknown> => (await inspector.query(text)).rows[0];
  const records = fc.sample(anyRecord, { numRuns: 120, seed: 7 });
  const batches = Array.from({ length: 12 }, (_, n) => records.slice(n * 10, n * 10 + 10));
  // Two nodes at once, one of which drains the journal of the other once more; and the rows are folded meanwhile.
  await Promise.all([
    ...batches.map((batch) => drain(db, batch)),
    ...batches.slice(0, 6).map((batch) => drain(db, [...batch].reverse())),
    foldRollups(db),
    foldRollups(db),
  ]);
  await drain(db, records.slice(0, 20));
  // Alike in everything, so that there is something to fold.
  for (let n = 0; n < 5; n++) await drain(db, [requestRecord(), requestRecord()]);

  const groupings = fc.subarray([...USAGE_GROUPS, 'tag:env', 'tag:none'], { minLength: 0, maxLength: 3 });
  const range = fc.tuple(fc.nat({ max: 45 * DAY_MS }), fc.nat({ max: 45 * DAY_MS }));
  const check = () =>
    fc.assert(
      fc.asyncProperty(
        groupings,
        range,
        fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/New_York'),
        fc.constantFrom('group', 'cost'),
        fc.boolean(),
        async (groupBy, [a, b], timezone, order, everyone) => {
          const from = new Date(AT_MS - 42 * DAY_MS + Math.min(a, b)).toISOString();
          const to = new Date(AT_MS - 42 * DAY_MS + Math.max(a, b)).toISOString();
          const asked = { from, to, group_by: groupBy.join(','), timezone, order_by: order };
          const lines = await everyPage(db, asked, everyone ? OPERATOR : OWNER);
          const truth = await rowOf(
            `SELECT ${SUMS} FROM usage_events WHERE occurred_at >= '${from}' AND occurred_at < '${to}'
               ${everyone ? '' : `AND org_id = '${ORG}'`}`,
          );
          t.strictSame(added(lines), truth, JSON.stringify(asked));
          const places = lines.map((line) => JSON.stringify(line.group));
          t.equal(new Set(places).size, places.length, 'no group twice');
        },
      ),
      { numRuns: 25, seed: 11 },
    );
  await check();
  t.ok((await foldRollups(db)) > 0);
  t.strictSame(await rowOf('SELECT count(*)::int AS n FROM usage_rollups WHERE fresh'), { n: 0 });
  t.equal(await foldRollups(db), 0, 'nothing is left to fold');
  await check();
});

t.test('nobody who drains waits for another who drains the same group, nor for the folding', async (t) => {
  const { db } = await freshDatabase(t);
  await drain(db, [requestRecord(), requestRecord()]);
  // All of it inside one transaction that has not ended: a lock held by it would be waited for until the time-out.
  await db.write(async (tx) => {
    const batch = await openBatch(tx, [JSON.stringify(requestRecord())]);
    await auditSink.insert(tx, batch);
    await usageSink.insert(tx, batch);
    await drain(db, [requestRecord()]);
    t.equal(await foldRollups(db), 1, 'two rows became one; the third is not to be seen yet');
    await drain(db, [requestRecord()]);
  });
  t.match((await ask(db, { group_by: 'model' })).page.data, [{ requests: 5, cost_usd: '0.0000075' }]);
});

/** Migrated as far as versions before this migration did. */
async function databaseBefore(t: Test, url: string, migration: string): Promise<Database> {
  const before = (await readMigrations()).filter(({ tag }) => tag < migration);
  const folder = t.testdir({
    meta: { '_journal.json': JSON.stringify({ entries: before.map(({ tag }) => ({ tag })) }) },
    ...Object.fromEntries(before.map(({ tag, text }) => [`${tag}.sql`, text])),
  });
  await migrate({ url, log: silent, folder: pathToFileURL(`${folder}/`) });
  const db = openDatabase({ url, poolSize: 2, statementTimeoutMs: 10_000, log: silent });
  t.teardown(() => db.close());
  return db;
}

t.test('lines of a version that kept no sums are in the statement', async (t) => {
  const url = await emptyDatabase(t);
  const db = await databaseBefore(t, url, '0017');
  await db.write((tx) =>
    tx.execute(sql`
      INSERT INTO usage_events (org_id, occurred_at, id, request_id, attempt, operation, requested_model, provider, model,
        tags, stream, input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, audio_input_tokens,
        output_tokens, reasoning_tokens, audio_output_tokens, usage_source, cost_pico_usd, outcome)
      SELECT ${ORG}, ${new Date(AT_MS).toISOString()}::timestamptz - n * interval '20 minutes', gen_random_uuid(),
        gen_random_uuid(), 1, 'chat', 'm', 'p', 'm', '{}', false, 10, 0, 0, 0, 0, 5, 0, 0, 'reported', n, 'answered'
      FROM generate_series(1, 4) AS n`),
  );
  await migrate({ url, log: silent });
  t.match((await ask(db, {})).page.data, [{ requests: 4, input_tokens: 40, cost_usd: '0.00000000001' }]);
  const { rows } = await db.withOrg(ORG, (tx) => tx.execute(sql`SELECT FROM usage_rollups WHERE NOT fresh`));
  t.equal(rows.length, 4);
});

t.test('savings of a version that kept no sums of them are in the statement', async (t) => {
  const url = await emptyDatabase(t);
  const db = await databaseBefore(t, url, '0032');
  await db.write((tx) =>
    tx.execute(sql`
      WITH line (org_id, at, saved) AS (
        VALUES (${ORG}::uuid, ${new Date(AT_MS).toISOString()}::timestamptz, 7::numeric), (${ORG}::uuid, ${new Date(AT_MS + 1).toISOString()}::timestamptz, 8)
      ), lines AS (
        INSERT INTO usage_events (org_id, occurred_at, id, request_id, attempt, operation, requested_model, provider, model,
          tags, stream, input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, audio_input_tokens,
          output_tokens, reasoning_tokens, audio_output_tokens, usage_source, cost_pico_usd, saved_pico_usd, outcome)
        SELECT org_id, at, gen_random_uuid(), gen_random_uuid(), 1, 'chat', 'm', 'p', 'm', '{}', false, 0, 0, 0, 0, 0, 0, 0,
          0, 'reported', 0, saved, 'cached'
        FROM line
      )
      INSERT INTO usage_rollups (org_id, starts_at, fresh, provider, model, tags, requests, attempts, input_tokens,
        cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_pico_usd, unpriced_attempts,
        estimated_attempts)
      SELECT org_id, date_bin('15 minutes', at, '2000-01-01Z'), false, 'p', 'm', '{}', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM line`),
  );
  await migrate({ url, log: silent });
  const asked = { group_by: 'model' };
  const expected = [{ requests: 2, attempts: 0, cost_usd: '0', saved_usd: '0.000000000015' }];
  t.match((await ask(db, asked)).page.data, expected);
  t.equal(await foldRollups(db), 2, 'one row of three');
  t.match((await ask(db, asked)).page.data, expected);
});

t.test('a late record lands in its hour, also one that was folded', async (t) => {
  const { db } = await freshDatabase(t);
  const at = (ms: number) => requestRecord({}, [attempt({ startedAtMs: ms })]);
  await drain(db, [at(AT_MS), at(AT_MS - 7_200_000)]);
  await foldRollups(db);
  await drain(db, [at(AT_MS - 7_200_000 + 1)]);
  const hours = async () =>
    (await ask(db, { group_by: 'hour' })).page.data.map(({ group, requests }) => [group.hour, requests]);
  const expected = [
    ['2026-11-20T10:00:00Z', 2],
    ['2026-11-20T12:00:00Z', 1],
  ];
  t.same(await hours(), expected);
  await foldRollups(db);
  t.same(await hours(), expected);
});

t.test('days and hours begin where the zone says, also where summer ends or hours are halved', async (t) => {
  const { db } = await freshDatabase(t);
  const at = (iso: string) => requestRecord({}, [attempt({ startedAtMs: Date.parse(iso) })]);
  await drain(db, [
    // 1 November 2026, New York: 01:30 summer time, an hour later 01:30 winter time
    at('2026-11-01T05:30:00Z'),
    at('2026-11-01T06:30:00Z'),
    // Kathmandu is 5:45 ahead: midnight is 18:15 UTC
    at('2026-11-10T18:14:59Z'),
    at('2026-11-10T18:15:00Z'),
  ]);
  const grouped = async (by: 'day' | 'hour', timezone: string, from: string) => {
    const to = new Date(Date.parse(from) + DAY_MS * 2).toISOString();
    const { page } = await ask(db, { group_by: by, timezone, from, to });
    return page.data.map(({ group }) => group[by]);
  };
  t.same(await grouped('hour', 'America/New_York', '2026-11-01T00:00:00Z'), [
    '2026-11-01T05:00:00Z',
    '2026-11-01T06:00:00Z',
  ]);
  t.same(await grouped('day', 'Asia/Kathmandu', '2026-11-10T00:00:00Z'), ['2026-11-10', '2026-11-11']);
  t.same(await grouped('hour', 'Asia/Kathmandu', '2026-11-10T00:00:00Z'), [
    '2026-11-10T17:15:00Z',
    '2026-11-10T18:15:00Z',
  ]);
});

const newOrg = (db: Database) =>
  db.platform((tx) =>
    tx.execute(sql`INSERT INTO organisations (id, slug, name) VALUES (${ORG}, 'org', 'Org')`),
  );

t.test(
  'an organisation that exports nothing gives no file; its numbers are shown all the same',
  async (t) => {
    const { db } = await freshDatabase(t);
    await newOrg(db);
    await db.platform((tx) => tx.execute(sql`UPDATE organisations SET export_allowed = false`));
    await t.rejects(ask(db, { format: 'csv' }), { code: 'permission_denied', message: /export_allowed/ });
    t.ok((await ask(db, {})).page);
    t.match(
      (await ask(db, { format: 'csv' }, OPERATOR)).file?.type,
      /^text\/csv/,
      'operators stand above it',
    );
  },
);

t.test('as CSV: the same numbers, quoted, and no text that a spreadsheet takes for a formula', async (t) => {
  const { db } = await freshDatabase(t);
  await newOrg(db);
  const tagged = (app: string) => ({ details: { ...requestRecord().details, tags: { app } } });
  await drain(db, [requestRecord(tagged('=1+1, "x"')), requestRecord(tagged('shop'))]);
  const { file } = await ask(db, { group_by: 'tag:app,model', format: 'csv', limit: '1' });
  t.match(file?.type, /^text\/csv/);
  const lines = String(file?.text).split('\r\n');
  t.match(
    lines[0],
    /^tag:app,model,requests,attempts,input_tokens,.*cost_usd,saved_usd,unpriced_attempts,estimated_attempts$/,
  );
  t.match(lines[1], /^"'=1\+1, ""x""",gpt-x,1,1,10,0,0,5,0,0\.0000015,0,0,0$/);
  t.equal(lines.length, 3);
  const cursor = String(file?.headers['x-next-cursor']);
  const next = await ask(db, { group_by: 'tag:app,model', format: 'csv', limit: '1', cursor });
  t.match(next.file?.text, /\r\nshop,gpt-x,/);
  t.notOk('x-next-cursor' in (next.file?.headers ?? {}));
  await t.rejects(ask(db, { group_by: 'model', cursor }), { code: 'invalid_request' });
  await t.rejects(ask(db, { cursor: 'x' }), { code: 'invalid_request' });
  await t.rejects(ask(db, { timezone: 'Berlin' }), { name: 'ZodError' });
});

const POLICIES = `
version: 1
policies:
  - id: everyone
    unpriced: allow
    cache: { ttl_seconds: 600 }
    budgets:
      - { id: all, scope: org, window: total, amount_usd: "50", hard: false }
      - { id: per-key, scope: key, window: total, amount_usd: "50", hard: false }
      - { id: hard, scope: org, window: total, amount_usd: "50" }
`;

/** Random traffic of a whole gateway: keys, models, tags, streams, failures, fallbacks, cancelled calls, hits in the cache. */
async function randomTraffic(
  gateway: Awaited<ReturnType<typeof startGateway>>,
  keys: readonly string[],
): Promise<void> {
  const anyCall = fc.record({
    key: fc.constantFrom(...keys),
    model: fc.constantFrom('sim-chat', 'sim-fast', 'sim-echo', 'resilient', 'sim-error-500'),
    text: fc.oneof(fc.constantFrom('again', 'and again'), fc.string({ minLength: 1, maxLength: 200 })),
    stream: fc.boolean(),
    leave: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    env: fc.constantFrom('prod', 'dev'),
  });
  const call = async (one: (typeof calls)[number]): Promise<void> => {
    const leaving = new AbortController();
    try {
      const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
        method: 'POST',
        signal: leaving.signal,
        headers: {
          authorization: `Bearer ${one.key}`,
          'content-type': 'application/json',
          'x-sluice-tags': `env=${one.env}`,
        },
        body: JSON.stringify({
          model: one.model,
          stream: one.stream,
          messages: [{ role: 'user', content: one.text }],
        }),
      });
      if (one.leave) leaving.abort();
      await response.text();
    } catch {
      // who leaves hears no more; what it cost is in the ledger all the same
    }
  };
  const calls = fc.sample(anyCall, { numRuns: 150, seed: 3 });
  for (let at = 0; at < calls.length; at += 15) await Promise.all(calls.slice(at, at + 15).map(call));
}

async function settledByBudget(
  gateway: Awaited<ReturnType<typeof startGateway>>,
): Promise<Map<string, bigint>> {
  const rows = await gateway.query(
    'SELECT name, subject_id, settled_pico_usd::text AS settled FROM budget_windows ORDER BY 1, 2',
  );
  return new Map(rows.map((row) => [`${row.name} ${row.subject_id}`, BigInt(String(row.settled))]));
}

t.test('statement, lines and budgets agree after random traffic of a whole gateway', async (t: Test) => {
  const gateway = await startGateway(
    t,
    {
      providers: { simulated: { kind: 'simulated', latency_ms: 1 } },
      models: {
        resilient: {
          targets: [
            { provider: 'simulated', model: 'sim-error-500' },
            { provider: 'simulated', model: 'sim-fast' },
          ],
        },
      },
      retries: { backoff_base_ms: 1, backoff_max_ms: 1 },
    },
    { policies: POLICIES },
  );
  const keys = [gateway.key, await gateway.newKey({}), await gateway.newKey({})];
  await randomTraffic(gateway, keys);
  const drained = async () => {
    const [counts] = await gateway.query(
      `SELECT (SELECT count(*) FROM audit_events WHERE kind = 'request')::int AS records,
              (SELECT count(*) FROM usage_events)::int AS lines`,
    );
    return counts as { records: number; lines: number };
  };
  await until(async () => (await drained()).records >= 150, 20_000);

  const [truth] = await gateway.query(`SELECT ${SUMS} FROM usage_events`);
  const to = new Date(Date.now() + 60_000).toISOString();
  for (const grouping of ['', 'key', 'model,tag:env', 'hour']) {
    const { body } = await gateway.admin('GET', `/orgs/demo/usage?to=${to}&group_by=${grouping}`);
    t.strictSame(added(body.data as Line[]), truth, grouping);
  }
  const pico = BigInt(String(truth?.pico));
  t.ok(pico > 0n, `${formatUsd(pico)} dollars were spent`);
  const saved = BigInt(String(truth?.saved));
  t.ok(saved > 0n, `${formatUsd(saved)} dollars were saved`);
  const settled = await settledByBudget(gateway);
  const of = (name: string) => [...settled].filter(([key]) => key.startsWith(`policy/everyone/${name} `));
  t.strictSame(
    of('all').map(([, sum]) => sum),
    [pico],
    'the soft budget of the organisation',
  );
  t.strictSame(
    of('hard').map(([, sum]) => sum),
    [pico],
    'the hard one',
  );
  const { body } = await gateway.admin('GET', `/usage?to=${to}&group_by=key`);
  for (const { group, cost_usd: cost } of body.data as Line[]) {
    const [, sum] = of('per-key').find(([key]) => key.endsWith(String(group.key))) ?? [];
    t.equal(sum, parseUsd(cost), `the budget of key ${group.key}`);
  }
});
