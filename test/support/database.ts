import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { t as root, type Test } from 'tap';
import type { Database } from '../../src/storage/database.ts';
import { startEmbeddedPostgres } from '../../src/storage/embedded.ts';
import type { Log } from '../../src/storage/log.ts';
import { migrate, readMigrations } from '../../src/storage/migrate.ts';
import { openDatabase } from '../../src/storage/postgres.ts';

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Server {
  /** A login that may create databases and roles. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The server of DATABASE_URL, which is left running, else an embedded one in a temporary folder. */
export async function startPostgres(): Promise<Server> {
  const url = process.env.DATABASE_URL;
  if (url !== undefined && url !== '') return { url, stop: async () => undefined };
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, log: silent });
  const release = cleanUpAfterDeath(dataDir);
  await query(asSuperuser(server.url), [
    'ALTER SYSTEM SET fsync = off',
    'ALTER SYSTEM SET full_page_writes = off',
    'SELECT pg_reload_conf()',
  ]);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
      release();
    },
  };
}

const CLEAN_UP =
  'cat >/dev/null; kill -INT "$(head -n 1 "$1/postgres/cluster/postmaster.pid")"; sleep 2; rm -rf "$1"';

/**
 * Stops the server and removes its folder when this process dies without having done so: a shell waits for the
 * end of a pipe that only this process holds open.
 * @returns ends the watch
 */
function cleanUpAfterDeath(dataDir: string): () => void {
  const shell = spawn('sh', ['-c', CLEAN_UP, 'sh', dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  return () => shell.kill('SIGKILL');
}

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
    await query(server.url, [`DROP DATABASE ${name} WITH (FORCE)`]);
  });
  return { url, db };
}

/** A database without any table, for tests of the migrations themselves. */
export async function emptyDatabase(t: Test): Promise<string> {
  const server = await sharedServer();
  const name = `sluice_test_${randomBytes(8).toString('hex')}`;
  await query(server.url, [`CREATE DATABASE ${name}`]);
  t.teardown(() => query(server.url, [`DROP DATABASE ${name} WITH (FORCE)`]));
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

/** The superuser of an embedded server has the same password. */
function asSuperuser(url: string): string {
  const changed = new URL(withDatabase(url, 'postgres'));
  changed.username = 'postgres';
  return changed.href;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function query(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
