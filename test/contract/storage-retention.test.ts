import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import t from 'tap';
import { startUpkeep } from '../../src/app/upkeep.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Database } from '../../src/storage/database.ts';
import { expireRecords } from '../../src/storage/retention.ts';
import { freshDatabase, silent } from '../support/database.ts';
import { query } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const DAY_MS = 86_400_000;
const NOW = new Date();
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS).toISOString();
const RULES = { nowMs: NOW.getTime(), unownedDays: 90, auditLeastDays: 1 };

async function newOrg(db: Database, retentionDays: number): Promise<string> {
  const id = randomUUID();
  await db.platform((tx) =>
    tx.execute(sql`INSERT INTO organisations (id, slug, name, retention_days)
      VALUES (${id}, ${`org-${id.slice(0, 8)}`}, 'Org', ${retentionDays})`),
  );
  return id;
}

/** A request with its stored content, audit record and usage line. */
async function record(db: Database, orgId: string | null, occurredAt: string): Promise<void> {
  const id = randomUUID();
  await db.write(async (tx) => {
    await tx.execute(sql`
      INSERT INTO audit_events (org_id, occurred_at, id, kind, request_id, actor, action, outcome, details)
      VALUES (${orgId}, ${occurredAt}, ${id}, 'request', 'req_1', 'anonymous', 'chat', 'done', '{}')`);
    if (orgId === null) return;
    await tx.execute(sql`
      INSERT INTO request_content (org_id, occurred_at, id, request) VALUES (${orgId}, ${occurredAt}, ${id}, '{}')`);
    await tx.execute(sql`
      INSERT INTO usage_events (org_id, occurred_at, id, request_id, attempt, operation, requested_model, provider,
        model, tags, stream, input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens,
        audio_input_tokens, output_tokens, reasoning_tokens, audio_output_tokens, usage_source, outcome)
      VALUES (${orgId}, ${occurredAt}, ${id}, ${id}, 1, 'chat', 'm', 'p', 'm', '{}', false, 1, 0, 0, 0, 0, 1, 0, 0,
        'reported', 'answered')`);
  });
}

async function storedResponse(db: Database, orgId: string, createdAt: string): Promise<void> {
  await db.write((tx) =>
    tx.execute(sql`INSERT INTO stored_responses (org_id, id, provider, model, requested_model, created_at)
      VALUES (${orgId}, ${`resp_${randomUUID()}`}, 'p', 'm', 'm', ${createdAt})`),
  );
}

/** How many rows an organisation has: content, audit records, usage lines. */
async function kept(db: Database, orgId: string | null): Promise<number[]> {
  const { rows } = await db.write((tx) =>
    tx.execute<{ content: number; audit: number; usage: number }>(sql`SELECT
      (SELECT count(*) FROM request_content WHERE org_id IS NOT DISTINCT FROM ${orgId}::uuid)::int AS content,
      (SELECT count(*) FROM audit_events WHERE org_id IS NOT DISTINCT FROM ${orgId}::uuid)::int AS audit,
      (SELECT count(*) FROM usage_events WHERE org_id IS NOT DISTINCT FROM ${orgId}::uuid)::int AS usage`),
  );
  const [row] = rows;
  return [row?.content ?? -1, row?.audit ?? -1, row?.usage ?? -1];
}

t.test(
  'what is older than its organisation keeps it goes; what is younger, and what is others’, stays',
  async (t) => {
    const { db } = await freshDatabase(t);
    const [short, long] = [await newOrg(db, 30), await newOrg(db, 365)];
    for (const orgId of [short, long])
      for (const days of [1, 29, 31, 364, 366]) await record(db, orgId, daysAgo(days));
    for (const days of [89, 91]) await record(db, null, daysAgo(days));
    const { rows } = await expireRecords(db, RULES);
    t.strictSame(await kept(db, short), [2, 2, 2]);
    t.strictSame(await kept(db, long), [4, 4, 4]);
    t.strictSame((await kept(db, null))[1], 1, 'strangers have a term of their own');
    t.equal(rows, 3 * 3 + 3 + 1);
    t.equal((await expireRecords(db, RULES)).rows, 0);
  },
);

t.test('an organisation cannot shorten the trail of what was just done', async (t) => {
  const { db } = await freshDatabase(t);
  const orgId = await newOrg(db, 1);
  for (const days of [0, 2, 89, 91]) await record(db, orgId, daysAgo(days));
  await expireRecords(db, { ...RULES, auditLeastDays: 90 });
  t.strictSame(await kept(db, orgId), [1, 3, 1]);
});

t.test('whose response it is, is forgotten like everything else', async (t) => {
  const { db } = await freshDatabase(t);
  const orgId = await newOrg(db, 30);
  for (const days of [1, 29, 31]) await storedResponse(db, orgId, daysAgo(days));
  t.equal((await expireRecords(db, RULES)).rows, 1);
  const { rows } = await db.write((tx) => tx.execute(sql`SELECT FROM stored_responses`));
  t.equal(rows.length, 2);
});

t.test('more than a batch goes, and no row goes twice when every node is at it', async (t) => {
  const { db } = await freshDatabase(t);
  const orgId = await newOrg(db, 10);
  await db.write((tx) =>
    tx.execute(sql`INSERT INTO request_content (org_id, occurred_at, id, request)
      SELECT ${orgId}, ${daysAgo(11)}::timestamptz - n * interval '1 second', gen_random_uuid(), '{}'
      FROM generate_series(1, 5000) AS n`),
  );
  let removed = 0;
  // whoever comes while another works passes
  while ((await kept(db, orgId))[0] !== 0)
    for (const { rows } of await Promise.all([1, 2, 3].map(() => expireRecords(db, RULES)))) removed += rows;
  t.equal(removed, 5000);
});

t.test('a month goes when nothing is left of it, and not before', async (t) => {
  const { db, url } = await freshDatabase(t);
  const orgId = await newOrg(db, 36_500);
  for (const parent of ['audit_events', 'usage_events', 'request_content'])
    await query(url, [
      `CREATE TABLE ${parent}_2020_02 PARTITION OF ${parent} FOR VALUES FROM ('2020-02-01Z') TO ('2020-03-01Z')`,
      `ALTER TABLE ${parent}_2020_02 ENABLE ROW LEVEL SECURITY`,
      `ALTER TABLE ${parent}_2020_02 FORCE ROW LEVEL SECURITY`,
    ]);
  await record(db, orgId, '2020-02-29T23:59:59.999Z');
  t.strictSame(await expireRecords(db, RULES), { rows: 0, partitions: 0 });
  const dropFull = sql`SELECT sluice_drop_partition('audit_events', '2020_02') AS dropped`;
  t.strictSame((await db.write((tx) => tx.execute(dropFull))).rows, [{ dropped: false }], 'it looks again');
  t.strictSame(await kept(db, orgId), [1, 1, 1], 'and row security is as it was');
  await db.platform((tx) =>
    tx.execute(sql`UPDATE organisations SET retention_days = 30 WHERE id = ${orgId}`),
  );
  t.strictSame(await expireRecords(db, RULES), { rows: 3, partitions: 3 });
  const month = `${NOW.getUTCFullYear()}_${String(NOW.getUTCMonth() + 1).padStart(2, '0')}`;
  const dropCurrent = sql`SELECT sluice_drop_partition('audit_events', ${month}) AS dropped`;
  t.strictSame((await db.write((tx) => tx.execute(dropCurrent))).rows, [{ dropped: false }]);
});

t.test('a node sees to months and retention at its start, not a day later', async (t) => {
  const { db, url } = await freshDatabase(t);
  const orgId = await newOrg(db, 1);
  await record(db, orgId, daysAgo(2));
  const month = `usage_events_${NOW.toISOString().slice(0, 7).replace('-', '_')}`;
  await query(url, [`DROP TABLE ${month}`]);
  const stop = startUpkeep({ db, clock: systemClock, log: silent, retention: RULES });
  await until(async () => (await kept(db, orgId)).every((count) => count === 0));
  await stop();
  const { rows } = await db.write((tx) => tx.execute(sql`SELECT to_regclass(${month}) IS NOT NULL AS made`));
  t.strictSame(rows, [{ made: true }]);
});

t.test('only the writer drops months, and only those of its three tables', async (t) => {
  const { db } = await freshDatabase(t);
  await t.rejects(
    db.withOrg(randomUUID(), (tx) =>
      tx.execute(sql`SELECT sluice_drop_partition('audit_events', '2020_02')`),
    ),
    { code: '42501' },
  );
  for (const [parent, month] of [
    ['organisations', '2020_02'],
    ['audit_events', 'default'],
    ['audit_events', "2020_02'; --"],
  ])
    await t.rejects(
      db.write((tx) => tx.execute(sql`SELECT sluice_drop_partition(${parent}, ${month})`)),
      { code: 'P0001' },
    );
});
