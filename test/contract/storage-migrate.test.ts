import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import t from 'tap';
import * as audit from '../../src/audit/schema.ts';
import * as budgets from '../../src/budgets/schema.ts';
import * as identity from '../../src/identity/schema.ts';
import * as metering from '../../src/metering/schema.ts';
import * as prompts from '../../src/prompts/schema.ts';
import * as providers from '../../src/providers/schema.ts';
import * as responses from '../../src/responses/schema.ts';
import { migrate } from '../../src/storage/migrate.ts';
import * as storage from '../../src/storage/schema.ts';
import { emptyDatabase, freshDatabase, silent } from '../support/database.ts';

const TABLES = [audit, budgets, identity, metering, prompts, providers, responses, storage]
  .flatMap((schema): unknown[] => Object.values(schema))
  .filter((exported) => is(exported, PgTable));

async function rowsOf(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

t.test('migrating is safe twice and from four nodes at once', async (t) => {
  const url = await emptyDatabase(t);
  const runs = await Promise.all([1, 2, 3, 4].map(() => migrate({ url, log: silent })));
  t.equal(runs.filter((applied) => applied.length > 0).length, 1, 'exactly one applied them');
  t.same(await migrate({ url, log: silent }), []);
});

t.test('an applied migration that was changed, or that is unknown here, is refused', async (t) => {
  const url = await emptyDatabase(t);
  const folder = t.testdir({
    meta: { '_journal.json': JSON.stringify({ entries: [{ tag: '0000_a' }, { tag: '0001_b' }] }) },
    '0000_a.sql': 'CREATE TABLE a ();',
    '0001_b.sql': 'CREATE TABLE b ();',
  });
  const from = pathToFileURL(`${folder}/`);
  t.same(await migrate({ url, log: silent, folder: from }), ['0000_a', '0001_b']);
  await writeFile(new URL('0001_b.sql', from), 'CREATE TABLE b (c int);');
  await t.rejects(migrate({ url, log: silent, folder: from }), { message: /0001_b\.sql was changed after/ });
  await t.rejects(migrate({ url, log: silent }), { message: /0000_a, which this version/ });
});

t.test('a migration that fails changes nothing, and says where', async (t) => {
  const url = await emptyDatabase(t);
  const folder = t.testdir({
    meta: { '_journal.json': JSON.stringify({ entries: [{ tag: '0000_a' }, { tag: '0001_b' }] }) },
    '0000_a.sql': 'CREATE TABLE a ();',
    '0001_b.sql': 'CREATE TABLE b ();\nSELEC 1;',
  });
  const from = pathToFileURL(`${folder}/`);
  await t.rejects(migrate({ url, log: silent, folder: from }), {
    name: 'MigrationError',
    message: /0001_b\.sql:2: syntax error.*nothing was changed/,
  });
  t.same(await rowsOf(url, `SELECT to_regclass('a') AS a`), [{ a: null }]);
});

t.test('a login without the rights it needs is told which statement gives them', async (t) => {
  const url = await emptyDatabase(t);
  const login = `sluice_test_${randomBytes(6).toString('hex')}`;
  await rowsOf(url, `CREATE ROLE ${login} LOGIN PASSWORD 'x'`);
  t.teardown(() =>
    rowsOf(url, `REVOKE ALL ON SCHEMA public FROM ${login}`).then(() => rowsOf(url, `DROP ROLE ${login}`)),
  );
  const theirs = new URL(url);
  theirs.username = login;
  theirs.password = 'x';
  const refused = () => migrate({ url: theirs.href, log: silent });
  await t.rejects(refused(), { message: /may not create tables in .*OWNER TO/ });
  await rowsOf(url, `GRANT CREATE ON SCHEMA public TO ${login}`);
  await t.rejects(refused(), { message: /ALTER ROLE .* CREATEROLE|GRANT sluice_app, .* WITH SET TRUE/ });
});

t.test('the tables are the ones that the houses declare, column by column', async (t) => {
  const { url } = await freshDatabase(t);
  const rows = await rowsOf(
    url,
    `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS line
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> 'sluice_migrations' AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  const declared = TABLES.flatMap((table) => {
    const { name, columns, primaryKeys } = getTableConfig(table);
    const keys = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
    return columns.map((column) => {
      const required = column.notNull || keys.has(column.name) ? ' not null' : '';
      return `${name}.${column.name} ${column.getSQLType().replace(', ', ',')}${required}`;
    });
  });
  t.same(rows.map((row) => row.line).sort(), declared.sort());
});
