import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import t from 'tap';
import { organisations } from '../../src/identity/schema.ts';
import { watchChanges } from '../../src/storage/changes.ts';
import type { Database } from '../../src/storage/database.ts';
import { freshDatabase, silent } from '../support/database.ts';
import { until } from '../support/until.ts';

const NEVER_MS = 3_600_000;

async function addOrganisation(db: Database): Promise<string> {
  const id = randomUUID();
  await db.platform((tx) => tx.insert(organisations).values({ id, slug: id, name: 'x' }));
  return id;
}

async function names(db: Database): Promise<number> {
  return db.load(async (tx) => (await tx.select().from(organisations)).length);
}

async function terminateListener(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'sluice changes' AND datname = current_database()`,
  );
  await client.end();
  return rowCount ?? 0;
}

t.test('a notification leads to a reload, without any poll', async (t) => {
  const { url, db } = await freshDatabase(t);
  const changes = watchChanges({ url, db, log: silent, pollMs: NEVER_MS });
  t.teardown(() => changes.close());
  let seen = -1;
  let prompts = 0;
  await changes.watch('identity', async () => {
    seen = await names(db);
  });
  await changes.watch('prompts', async () => {
    prompts++;
  });
  t.equal(seen, 0, 'loaded once at the start');
  await addOrganisation(db);
  await until(() => seen === 1);
  t.equal(prompts, 1, 'other houses are left alone');
});

t.test('a burst is coalesced, with at most one reload at a time, and its last change is seen', async (t) => {
  const { url, db } = await freshDatabase(t);
  const changes = watchChanges({ url, db, log: silent, pollMs: NEVER_MS });
  t.teardown(() => changes.close());
  let seen = -1;
  let reloads = 0;
  let running = 0;
  let most = 0;
  await changes.watch('identity', async () => {
    most = Math.max(most, ++running);
    seen = await names(db);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running--;
    reloads++;
  });
  await Promise.all(Array.from({ length: 40 }, () => addOrganisation(db)));
  await until(() => seen === 40);
  t.equal(most, 1);
  t.ok(reloads < 40, `${reloads} reloads for 40 changes`);
});

t.test('changes are seen after the listening connection was killed, and while it is away', async (t) => {
  const { url, db } = await freshDatabase(t);
  const changes = watchChanges({ url, db, log: silent, pollMs: NEVER_MS });
  t.teardown(() => changes.close());
  let seen = -1;
  await changes.watch('identity', async () => {
    seen = await names(db);
  });
  await until(async () => (await terminateListener(url)) === 1);
  await addOrganisation(db);
  await until(() => seen === 1);
  await addOrganisation(db);
  await until(() => seen === 2);
});

t.test('the poll alone is enough where notifications never arrive', async (t) => {
  const { db } = await freshDatabase(t);
  const nowhere = 'postgres://nobody@127.0.0.1:1/nowhere';
  const changes = watchChanges({ url: nowhere, db, log: silent, pollMs: 20 });
  t.teardown(() => changes.close());
  let seen = -1;
  await changes.watch('identity', async () => {
    seen = await names(db);
  });
  await addOrganisation(db);
  await until(() => seen === 1);
});

t.test('a failed reload is tried again; a failed first load is the caller’s', async (t) => {
  const { url, db } = await freshDatabase(t);
  const changes = watchChanges({ url, db, log: silent, pollMs: 20 });
  t.teardown(() => changes.close());
  await t.rejects(
    changes.watch('budgets', async () => {
      throw new Error('no');
    }),
    /no/,
  );
  let failures = 0;
  let seen = -1;
  await changes.watch('identity', async () => {
    if (seen === 0 && failures < 3) {
      failures++;
      throw new Error('not now');
    }
    seen = await names(db);
  });
  await addOrganisation(db);
  await until(() => seen === 1);
  t.equal(failures, 3);
});

t.test('every table of a snapshot has its trigger, and the ledger has none', async (t) => {
  const { url } = await freshDatabase(t);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname = 'note_change' ORDER BY 1`,
  );
  await client.end();
  t.same(
    rows.map((row) => row.name),
    [
      'budgets',
      'memberships',
      'organisations',
      'platform_keys',
      'prompt_labels',
      'prompt_versions',
      'prompts',
      'provider_keys',
      'teams',
      'users',
      'virtual_keys',
    ],
  );
});

t.test('a version is not seen before the change that it stands for', async (t) => {
  const { db } = await freshDatabase(t);
  const version = () =>
    db.load((tx) =>
      tx.select({ v: sql<string>`version` }).from(sql`snapshot_versions`).where(sql`house = 'identity'`),
    );
  const before = await version();
  await t.rejects(
    db.platform(async (tx) => {
      await tx.insert(organisations).values({ id: randomUUID(), slug: 'x', name: 'x' });
      t.same(await version(), before, 'not while the transaction is open');
      throw new Error('rolled back');
    }),
    /rolled back/,
  );
  t.same(await version(), before, 'not after a rollback');
});
