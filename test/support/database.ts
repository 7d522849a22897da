import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { t as root, type Test } from 'tap';
import type { Database } from '../../src/storage/database.ts';
import { migrate, readMigrations } from '../../src/storage/migrate.ts';
import { openDatabase } from '../../src/storage/postgres.ts';
import { dropDatabase, query, type Server, silent, startPostgres, withDatabase } from './postgres.ts';

export { silent, startPostgres } from './postgres.ts';

let shared: Promise<Server> | undefined;

/** The server of this test file: stopped after its last test, where the file started it. */
function sharedServer(): Promise<Server> {
  if (shared === undefined) {
    shared = startPostgres();
    root.teardown(async () => (await shared)?.stop());
  }
  return shared;
}

/** A database of its own for the test, migrated, without rows; gone when the test ends. */
export async function freshDatabase(t: Test): Promise<{ url: string; db: Database }> {
  const server = await sharedServer();
  const template = await migratedTemplate(server.url);
  const name = `sluice_test_${randomBytes(8).toString('hex')}`;
  await query(server.url, [`CREATE DATABASE ${name} TEMPLATE ${template}`]);
  const url = withDatabase(server.url, name);
  const db = openDatabase({ url, poolSize: 5, statementTimeoutMs: 10_000, log: silent });
  t.teardown(async () => {
    await db.close();
    await dropDatabase(server.url, name);
  });
  return { url, db };
}

/** A database without any table, for tests of the migrations themselves. */
export async function emptyDatabase(t: Test): Promise<string> {
  const server = await sharedServer();
  const name = `sluice_test_${randomBytes(8).toString('hex')}`;
  await query(server.url, [`CREATE DATABASE ${name}`]);
  t.teardown(() => dropDatabase(server.url, name));
  return withDatabase(server.url, name);
}

/**
 * Lets the login of this database see and change every row, as only a superuser does otherwise: row security
 * binds the owner too. For flow tests that look into tables with SQL of their own.
 */
export async function seeEverything(url: string): Promise<void> {
  await query(url, [
    `DO $$
    DECLARE
      guarded text;
    BEGIN
      FOR guarded IN SELECT relname FROM pg_class
        WHERE relrowsecurity AND NOT relispartition AND relnamespace = 'public'::regnamespace
      LOOP
        EXECUTE format('CREATE POLICY test_inspector ON %I TO CURRENT_USER USING (true)', guarded);
      END LOOP;
    END
    $$`,
  ]);
}

/** The URL of a new login as Grafana has one: a member of sluice_reports and nothing else. Gone with the test. */
export async function reportsLogin(t: Test, url: string): Promise<string> {
  const login = new URL(url);
  login.username = `sluice_test_${randomBytes(6).toString('hex')}`;
  login.password = randomBytes(6).toString('hex');
  await query(url, [
    `CREATE ROLE ${login.username} LOGIN PASSWORD '${login.password}' IN ROLE sluice_reports`,
  ]);
  t.teardown(() => query(url, [`DROP ROLE ${login.username}`]));
  return login.href;
}

/** Makes the template once per server and state of the migrations; appears under its name only when complete. */
async function migratedTemplate(url: string): Promise<string> {
  const migrations = await readMigrations();
  const state = createHash('sha256')
    .update(migrations.map((m) => m.hash).join())
    .digest('hex')
    .slice(0, 16);
  const template = `sluice_template_${state}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('sluice test template', 0))`);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) {
      const draft = `${template}_draft`;
      await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${draft}`);
      await migrate({ url: withDatabase(url, draft), log: silent });
      await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
    }
  } finally {
    await client.end();
  }
  return template;
}
