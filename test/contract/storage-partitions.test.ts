import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import pg from 'pg';
import t from 'tap';
import { requestContent } from '../../src/audit/schema.ts';
import type { Database } from '../../src/storage/database.ts';
import { keepPartitions } from '../../src/storage/partitions.ts';
import { freshDatabase } from '../support/database.ts';

async function placeOf(db: Database, id: string): Promise<string | undefined> {
  const rows = await db.write((tx) =>
    tx
      .select({ place: sql<string>`tableoid::regclass::text` })
      .from(requestContent)
      .where(eq(requestContent.id, id)),
  );
  return rows[0]?.place;
}

async function insert(db: Database, occurredAt: Date): Promise<string> {
  const id = randomUUID();
  await db.write((tx) =>
    tx.insert(requestContent).values({ orgId: randomUUID(), occurredAt, id, request: 'r' }),
  );
  return id;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const monthOf = (date: Date) => date.toISOString().slice(0, 7).replace('-', '_');

t.test('a row lands in its month; one of a month without partition is kept all the same', async (t) => {
  const { db } = await freshDatabase(t);
  const now = new Date();
  t.equal(await placeOf(db, await insert(db, now)), `request_content_${monthOf(now)}`);
  t.equal(await placeOf(db, await insert(db, new Date('2001-02-03'))), 'request_content_default');
  t.equal(await placeOf(db, await insert(db, new Date('2101-02-03'))), 'request_content_default');
});

t.test('partitions are made once, by any number of nodes', async (t) => {
  const { db, url } = await freshDatabase(t);
  t.equal(await keepPartitions(db), 0, 'the migration made them');
  await execute(url, `DROP TABLE usage_events_${monthOf(new Date())}`);
  const made = await Promise.all([1, 2, 3, 4].map(() => keepPartitions(db)));
  t.equal(
    made.reduce((sum, count) => sum + count),
    1,
  );
});

t.test('rows that waited in the default partition move into their month', async (t) => {
  const { db, url } = await freshDatabase(t);
  const now = new Date();
  const place = `request_content_${monthOf(now)}`;
  await execute(url, `DROP TABLE ${place}`);
  const id = await insert(db, now);
  const ancient = await insert(db, new Date('2001-02-03'));
  t.equal(await placeOf(db, id), 'request_content_default');
  t.equal(await keepPartitions(db), 1);
  t.equal(await placeOf(db, id), place);
  t.equal(await placeOf(db, ancient), 'request_content_default');
});

t.test('only the writer may call for partitions', async (t) => {
  const { db } = await freshDatabase(t);
  await t.rejects(
    db.withOrg(randomUUID(), (tx) => tx.execute(sql`SELECT sluice_ensure_partitions(1)`)),
    { code: '42501' },
  );
});
