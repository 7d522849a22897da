import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Log } from './log.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
const OLDEST_SERVER = 16;

interface Migration {
  readonly tag: string;
  readonly text: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
}

/** A database that cannot be migrated, and what to do about it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The migrations in order, as drizzle-kit's journal lists them. */
export async function readMigrations(folder: URL = FOLDER): Promise<readonly Migration[]> {
  const journal = JSON.parse(await readFile(new URL('meta/_journal.json', folder), 'utf8')) as {
    entries: { tag: string }[];
  };
  return Promise.all(
    journal.entries.map(async ({ tag }) => {
      const text = await readFile(new URL(`${tag}.sql`, folder), 'utf8');
      return { tag, text, hash: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/**
 * Brings a database up to date, in one transaction under an advisory lock: running it twice, from two nodes
 * at once, or being killed in the middle is safe. Needs a superuser, or an owner of the database with
 * CREATEROLE. A runner of our own over drizzle-kit's files, because drizzle's compares dates only: it takes no
 * lock and would not notice that an applied file was changed.
 * @returns the tags applied now
 * @throws MigrationError where the database is too old or new, was migrated by other files, or the login may not
 */
export async function migrate(options: { url: string; log: Log; folder?: URL }): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder);
  const client = new pg.Client({ connectionString: options.url, application_name: 'sluice migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await checkServer(client);
    await client.query('BEGIN');
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('sluice migrate', 0))`);
    const pending = await pendingOf(client, migrations);
    if (pending.length > 0) {
      await checkRights(client);
      await createRegister(client);
    }
    for (const { tag, text, hash } of pending) {
      const danger = /^-- DANGER: (.*)/.exec(text)?.[1];
      if (danger !== undefined) options.log.info({ migration: tag }, `this migration ${danger}`);
      await apply(client, tag, text);
      await client.query('INSERT INTO sluice_migrations (tag, hash) VALUES ($1, $2)', [tag, hash]);
    }
    await client.query('COMMIT');
    if (pending.length > 0)
      options.log.info({ migrations: pending.map((m) => m.tag) }, 'the database was migrated');
    return pending.map((m) => m.tag);
  } finally {
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version ?? 'unknown';
  if (Number.parseInt(version, 10) < OLDEST_SERVER)
    throw new MigrationError(`PostgreSQL ${version} is too old: Sluice needs ${OLDEST_SERVER} or later`);
}

/** Which migrations are still to be applied, after checking that those applied are the ones in the folder. */
async function pendingOf(client: pg.Client, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows: known } = await client.query(`SELECT to_regclass('public.sluice_migrations') AS found`);
  if (known[0]?.found === null) return migrations;
  const { rows } = await client.query<{ tag: string; hash: string }>(
    'SELECT tag, hash FROM public.sluice_migrations ORDER BY number',
  );
  rows.forEach((applied, index) => {
    const migration = migrations[index];
    if (migration?.tag !== applied.tag)
      throw new MigrationError(
        `the database holds migration ${applied.tag}, which this version of Sluice does not know: run the version that applied it, or a later one`,
      );
    if (migration.hash !== applied.hash)
      throw new MigrationError(
        `migrations/${applied.tag}.sql was changed after it had been applied: restore it, and write a new migration for the change`,
      );
  });
  return migrations.slice(rows.length);
}

/** The roles that the gateway works as. */
const ROLES = ['sluice_app', 'sluice_loader', 'sluice_writer', 'sluice_platform'];
/** The role that dashboards and reports read as; the gateway needs only that it exists. */
const REPORTS = 'sluice_reports';

async function checkRights(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{
    login: string;
    database: string;
    create_schema: boolean;
    create_role: boolean;
    out_of_reach: string[];
    existing: number;
  }>(
    `SELECT current_user AS login, current_database() AS database,
            has_schema_privilege('public', 'CREATE') AS create_schema,
            (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS create_role,
            ARRAY(SELECT rolname::text FROM pg_roles
                   WHERE rolname = ANY ($1) AND NOT pg_has_role(oid, 'SET')
                     AND NOT pg_has_role(oid, 'MEMBER WITH ADMIN OPTION') ORDER BY 1) AS out_of_reach,
            (SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1) OR rolname = $2)::int AS existing`,
    [ROLES, REPORTS],
  );
  const rights = rows[0];
  if (rights === undefined) throw new Error('a query of one row answered none');
  const { login, database } = rights;
  if (!rights.create_schema)
    throw new MigrationError(
      `${login} may not create tables in ${database}; run as a superuser: ALTER DATABASE "${database}" OWNER TO "${login}"`,
    );
  if (rights.existing < ROLES.length + 1 && !rights.create_role)
    throw new MigrationError(
      `${login} may not create the roles ${[...ROLES, REPORTS].join(', ')}; run as a superuser: ALTER ROLE "${login}" CREATEROLE`,
    );
  if (rights.out_of_reach.length > 0)
    throw new MigrationError(
      `${login} may not use the roles ${rights.out_of_reach.join(', ')} that exist on this server; run as a superuser: GRANT ${rights.out_of_reach.join(', ')} TO "${login}" WITH SET TRUE, INHERIT FALSE`,
    );
}

async function createRegister(client: pg.Client): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS public.sluice_migrations (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag text NOT NULL UNIQUE,
    hash text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
}

async function apply(client: pg.Client, tag: string, text: string): Promise<void> {
  try {
    await client.query(text);
  } catch (cause) {
    const { message } = cause as Error;
    const position = cause instanceof pg.DatabaseError ? Number(cause.position) : Number.NaN;
    const line = Number.isNaN(position) ? '' : `:${text.slice(0, position).split('\n').length}`;
    throw new MigrationError(`migrations/${tag}.sql${line}: ${message}; nothing was changed`, { cause });
  }
}
