import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import t, { type Test } from 'tap';
import { auditSink, contentSink, salvage } from '../../src/audit/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { usageSink } from '../../src/metering/index.ts';
import type { Database } from '../../src/storage/database.ts';
import { adoptJournals } from '../../src/storage/journal/adopt.ts';
import { type DrainOptions, startDrain } from '../../src/storage/journal/drain.ts';
import { type Journal, openJournal } from '../../src/storage/journal/journal.ts';
import type { Sink } from '../../src/storage/journal/sink.ts';
import { freshDatabase, silent } from '../support/database.ts';
import { attempt, requestRecord } from '../support/records.ts';

const FLUSH_MS = 20_000;
const SINKS = [auditSink, usageSink, contentSink];

async function freshJournal(t: Test): Promise<{ dir: string; journal: Journal }> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-drain-'));
  const journal = await openJournal({
    dir,
    nodeId: 'a',
    durability: 'process',
    segmentBytes: 20_000,
    maxBytes: 1 << 30,
    fullAction: 'refuse',
    clock: systemClock,
    log: silent,
    describeLoss: () => '{}',
  });
  t.teardown(async () => {
    await journal.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { dir, journal };
}

async function drainAll(journal: Journal, db: Pick<Database, 'write'>, over: Partial<DrainOptions> = {}) {
  const drain = startDrain({ journal, db, sinks: SINKS, salvage, intervalMs: 5, log: silent, ...over });
  const complete = await drain.flush(FLUSH_MS);
  await drain.stop();
  return { complete, stats: drain.stats };
}

async function count(
  db: Database,
  table: 'audit_events' | 'usage_events' | 'request_content',
): Promise<number> {
  const { rows } = await db.write((tx) =>
    tx.execute<{ n: string }>(sql`SELECT count(*) AS n FROM ${sql.identifier(table)}`),
  );
  return Number(rows[0]?.n);
}

t.test(
  'rows in Postgres + records undrained = records accepted; draining twice changes nothing',
  async (t) => {
    const { db } = await freshDatabase(t);
    const { dir, journal } = await freshJournal(t);
    const records = Array.from({ length: 300 }, () =>
      JSON.stringify(requestRecord({}, [attempt(), attempt()])),
    );
    for (const record of records) journal.append(record);
    t.ok((await drainAll(journal, db, { batchRecords: 70 })).complete);
    t.equal(await count(db, 'audit_events'), 300);
    t.equal(await count(db, 'usage_events'), 600);
    t.equal(journal.stats.pendingRecords, 0);

    const again: string[][] = [];
    const spy: Sink = { name: 'spy', insert: async (_tx, batch) => void again.push([...batch.fresh]) };
    const fresh = JSON.stringify(requestRecord());
    for (const record of [...records.slice(0, 50), fresh]) journal.append(record);
    t.ok((await drainAll(journal, db, { sinks: [...SINKS, spy] })).complete);
    t.equal(await count(db, 'audit_events'), 301);
    t.equal(await count(db, 'usage_events'), 601);
    t.same(
      again.flat(),
      [(JSON.parse(fresh) as { id: string }).id],
      'only what is new is fresh for later sinks',
    );
    t.notOk(readdirSync(dir).includes('quarantine'));
  },
);

t.test('every column arrives as it was recorded', async (t) => {
  const { db } = await freshDatabase(t);
  const { journal } = await freshJournal(t);
  const unpriced = attempt({ cost: undefined, outcome: 'running', region: 'eu', status: undefined });
  const record = requestRecord({ content: { request: '{"messages":[]}' } }, [
    attempt({ cost: { picoUsd: 123_456_789_012_345_678_901_234n, priceVersion: 'v7' } }),
    unpriced,
  ]);
  journal.append(JSON.stringify(record));
  await drainAll(journal, db);
  const { rows } = await db.write((tx) => tx.execute(sql`SELECT * FROM usage_events ORDER BY attempt`));
  t.match(rows[0], {
    request_id: record.id,
    operation: 'chat',
    prompt_name: 'greeting',
    prompt_version: 3,
    tags: { env: 'prod' },
    stream: false,
    input_tokens: 10,
    cost_pico_usd: '123456789012345678901234',
    outcome: 'answered',
    first_byte_ms: 12,
    duration_ms: 81,
  });
  t.match(rows[1], {
    cost_pico_usd: null,
    price_version: null,
    outcome: 'cancelled',
    reason: 'unsettled',
    region: 'eu',
  });
  t.equal(await count(db, 'request_content'), 1);
});

t.test('poison records block and drop nothing (litellm#33873, PR#34887, PR#31705)', async (t) => {
  const { db } = await freshDatabase(t);
  const { dir, journal } = await freshJournal(t);
  const sound = () => JSON.stringify(requestRecord());
  const usage = requestRecord().usage;
  const poison = [
    JSON.stringify(requestRecord({ actor: 'nul \0' })),
    JSON.stringify(requestRecord({ request_id: 'lone \ud800 surrogate' })),
    // An index entry ends at 2,704 bytes; text that does not compress.
    JSON.stringify(
      requestRecord({ request_id: Array.from({ length: 9000 }, (_, i) => (i * 7919).toString(36)).join('') }),
    ),
    JSON.stringify(requestRecord({ key_id: 'no uuid' })),
    JSON.stringify(requestRecord({ usage: usage.map((line) => ({ ...line, input_tokens: 1e12 })) })),
    JSON.stringify(requestRecord({ occurred_at: 'no instant' })),
    '{"kind":"request"}',
    '"not even an object"',
  ];
  const appended = poison.flatMap((record) => [sound(), record, sound()]);
  for (const record of appended) journal.append(record);
  const { complete } = await drainAll(journal, db);
  t.ok(complete);
  t.equal(await count(db, 'audit_events'), appended.length, 'each has a row, as it was or sanitised');
  t.equal(
    await count(db, 'usage_events'),
    appended.length - 3,
    'the usage of what could be mended is counted',
  );
  t.equal(journal.stats.poisonRecords, poison.length);
  const kept = readFileSync(join(dir, 'quarantine', 'poison-a.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  t.ok(kept.join() === poison.join(), 'the originals are kept');

  for (const record of poison) journal.append(record);
  await drainAll(journal, db);
  t.equal(await count(db, 'audit_events'), appended.length, 'poison drained twice is stored once');
});

t.test('Postgres away: records wait, and arrive when it is back', async (t) => {
  const { db } = await freshDatabase(t);
  const { journal } = await freshJournal(t);
  let away = true;
  const flaky: Pick<Database, 'write'> = {
    write: (work) => (away ? Promise.reject(new Error('connect ECONNREFUSED')) : db.write(work)),
  };
  for (let n = 0; n < 20; n += 1) journal.append(JSON.stringify(requestRecord()));
  const drain = startDrain({
    journal,
    db: flaky,
    sinks: SINKS,
    salvage,
    intervalMs: 5,
    retryMaxMs: 20,
    log: silent,
  });
  t.notOk(await drain.flush(200), 'a flush ends in time, whatever happens');
  t.equal(drain.stats.state, 'retrying');
  t.equal(journal.stats.pendingRecords, 20);
  away = false;
  t.ok(await drain.flush(FLUSH_MS));
  t.equal(drain.stats.state, 'ok');
  await drain.stop();
  t.equal(await count(db, 'audit_events'), 20);
});

t.test('the connection is killed in the middle of a batch: nothing is lost or stored twice', async (t) => {
  const { url, db } = await freshDatabase(t);
  const { journal } = await freshJournal(t);
  const killer = new pg.Client({ connectionString: url });
  await killer.connect();
  t.teardown(() => killer.end());
  let kills = 3;
  const killed: Sink = {
    name: 'killed',
    insert: async (tx) => {
      if (kills === 0) return;
      kills -= 1;
      const { rows } = await tx.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      await killer.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await tx.execute(sql`SELECT 1`);
    },
  };
  for (let n = 0; n < 100; n += 1) journal.append(JSON.stringify(requestRecord()));
  const { complete, stats } = await drainAll(journal, db, {
    sinks: [auditSink, killed, usageSink],
    retryMaxMs: 50,
  });
  t.ok(complete);
  t.equal(stats.failures, 3);
  t.equal(await count(db, 'audit_events'), 100);
  t.equal(await count(db, 'usage_events'), 100);
  t.equal(journal.stats.poisonRecords, 0, 'a lost connection makes nobody guilty');
});

t.test('orphans are drained beside the journal of the process, and then gone', async (t) => {
  const { db } = await freshDatabase(t);
  const { dir, journal } = await freshJournal(t);
  const orphaned = await openJournal({
    dir,
    nodeId: 'dead',
    durability: 'process',
    segmentBytes: 5000,
    maxBytes: 1 << 30,
    fullAction: 'refuse',
    clock: systemClock,
    log: silent,
    describeLoss: () => '{}',
  });
  for (let n = 0; n < 50; n += 1) orphaned.append(JSON.stringify(requestRecord()));
  await orphaned.close();
  journal.append(JSON.stringify(requestRecord()));
  const orphans = await adoptJournals(dir, silent);
  t.equal(orphans.length, 1);
  const drained: string[] = [];
  const onOrphanDrained = (nodeId: string): void => void drained.push(nodeId);
  t.ok((await drainAll(journal, db, { orphans, onOrphanDrained })).complete);
  t.same(drained, ['dead'], 'now its leases may be reclaimed');
  t.equal(await count(db, 'audit_events'), 51);
  t.same(readdirSync(dir), ['a']);
});
