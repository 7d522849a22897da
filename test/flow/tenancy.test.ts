import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import pg from 'pg';
import t from 'tap';
import type { Database, Tx } from '../../src/storage/database.ts';
import { sqlState } from '../../src/storage/query-error.ts';
import { freshDatabase, reportsLogin } from '../support/database.ts';

const ROLES = ['sluice_app', 'sluice_loader', 'sluice_writer', 'sluice_platform', 'sluice_reports'];
const COMMANDS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const INSUFFICIENT_PRIVILEGE = '42501';
const NOW = new Date().toISOString();

/** An organisation with one row in every table; the ids tie its rows together. */
interface Org {
  readonly id: string;
  readonly team: string;
  readonly user: string;
  readonly prompt: string;
}

type Values = Record<string, string | number | boolean>;
type Door = 'withOrg' | 'write' | 'platform';

/** A row of each guarded table, in an order that foreign keys allow, and the door that may write it. */
const ROWS: Record<string, { door: Door; row: (org: Org) => Values }> = {
  organisations: { door: 'platform', row: (o) => ({ id: o.id, slug: o.id, name: 'n' }) },
  teams: { door: 'withOrg', row: (o) => ({ id: o.team, org_id: o.id, name: 'n' }) },
  users: { door: 'withOrg', row: (o) => ({ id: o.user, org_id: o.id, email: 'e@example.com', name: 'n' }) },
  memberships: {
    door: 'withOrg',
    row: (o) => ({ id: randomUUID(), org_id: o.id, user_id: o.user, team_id: o.team, role: 'member' }),
  },
  virtual_keys: {
    door: 'withOrg',
    row: (o) => ({
      id: randomUUID(),
      org_id: o.id,
      team_id: o.team,
      name: 'n',
      hint: 'h',
      hash: randomUUID(),
      created_by: 'x',
    }),
  },
  provider_keys: {
    door: 'withOrg',
    row: (o) => ({
      org_id: o.id,
      id: randomUUID(),
      provider: 'p',
      name: 'n',
      weight: 1,
      sealed: '\\x00',
      sealed_with: 'k',
      created_by: 'x',
    }),
  },
  prompts: { door: 'withOrg', row: (o) => ({ id: o.prompt, org_id: o.id, name: 'n' }) },
  prompt_versions: {
    door: 'withOrg',
    row: (o) => ({
      id: randomUUID(),
      org_id: o.id,
      prompt_id: o.prompt,
      version: 1,
      template: '{}',
      digest: 'd',
      created_by: 'x',
    }),
  },
  prompt_labels: {
    door: 'withOrg',
    row: (o) => ({ org_id: o.id, prompt_id: o.prompt, label: 'l', version: 1, updated_by: 'x' }),
  },
  budgets: {
    door: 'withOrg',
    row: (o) => ({ org_id: o.id, id: 'b', name: 'n', scope: 'org', window: 'day', amount_pico_usd: 1 }),
  },
  budget_windows: {
    door: 'write',
    row: (o) => ({
      org_id: o.id,
      budget_id: 'b',
      subject_id: o.id,
      window_start: NOW,
      amount_pico_usd: 1,
      hard: true,
    }),
  },
  budget_buckets: {
    door: 'write',
    row: (o) => ({
      org_id: o.id,
      budget_id: 'b',
      subject_id: o.id,
      window_start: NOW,
      bucket_start: NOW,
      expires_at: NOW,
      settled_pico_usd: 1,
    }),
  },
  outbox: {
    door: 'write',
    row: (o) => ({ org_id: o.id, key: 'k', kind: 'budget.alert', payload: '{}' }),
  },
  budget_leases: {
    door: 'write',
    row: (o) => ({
      id: randomUUID(),
      org_id: o.id,
      budget_id: 'b',
      subject_id: o.id,
      window_start: NOW,
      node_id: 'n',
      granted_pico_usd: 1,
      remaining_pico_usd: 1,
      seq: 1,
      expires_at: NOW,
    }),
  },
  usage_events: {
    door: 'write',
    row: (o) => ({
      org_id: o.id,
      occurred_at: NOW,
      id: randomUUID(),
      request_id: randomUUID(),
      attempt: 1,
      operation: 'chat',
      requested_model: 'm',
      provider: 'p',
      model: 'm',
      tags: '{}',
      stream: false,
      input_tokens: 1,
      cached_input_tokens: 0,
      cache_write_tokens: 0,
      cache_write_1h_tokens: 0,
      audio_input_tokens: 0,
      output_tokens: 1,
      reasoning_tokens: 0,
      audio_output_tokens: 0,
      usage_source: 'reported',
      outcome: 'answered',
    }),
  },
  usage_rollups: {
    door: 'write',
    row: (o) => ({
      org_id: o.id,
      starts_at: NOW,
      fresh: true,
      provider: 'p',
      model: 'm',
      tags: '{}',
      requests: 1,
      attempts: 1,
      input_tokens: 1,
      cached_input_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 1,
      reasoning_tokens: 0,
      cost_pico_usd: 1,
      unpriced_attempts: 0,
      estimated_attempts: 0,
    }),
  },
  audit_events: {
    door: 'write',
    row: (o) => ({
      org_id: o.id,
      occurred_at: NOW,
      id: randomUUID(),
      kind: 'request',
      request_id: 'r',
      actor: 'a',
      action: 'chat',
      outcome: 'done',
      details: '{}',
    }),
  },
  request_content: {
    door: 'write',
    row: (o) => ({ org_id: o.id, occurred_at: NOW, id: randomUUID(), request: 'r' }),
  },
  stored_responses: {
    door: 'write',
    row: (o) => ({
      org_id: o.id,
      id: 'resp_1',
      provider: 'p',
      model: 'm',
      requested_model: 'm',
      created_at: NOW,
    }),
  },
};

const TABLES = Object.keys(ROWS);

/** The column that says whose row it is. */
const owner = (table: string): string => (table === 'organisations' ? 'id' : 'org_id');

function insertion(table: string, values: Values): SQL {
  const columns = sql.join(
    Object.keys(values).map((name) => sql.identifier(name)),
    sql`, `,
  );
  const row = sql.join(
    Object.values(values).map((value) => sql`${value}`),
    sql`, `,
  );
  return sql`INSERT INTO ${sql.identifier(table)} (${columns}) VALUES (${row})`;
}

async function run(tx: Tx, statement: SQL): Promise<number> {
  return (await tx.execute(statement)).rowCount ?? 0;
}

/** How many rows a statement touched; a missing right counts as none. */
async function touched(db: Database, orgId: string, statement: SQL): Promise<number> {
  try {
    return await db.withOrg(orgId, (tx) => run(tx, statement));
  } catch (error) {
    if (sqlState(error) === INSUFFICIENT_PRIVILEGE) return 0;
    throw error;
  }
}

async function addOrg(db: Database): Promise<Org> {
  const org = { id: randomUUID(), team: randomUUID(), user: randomUUID(), prompt: randomUUID() };
  for (const [table, { door, row }] of Object.entries(ROWS)) {
    const insert = (tx: Tx) => run(tx, insertion(table, row(org)));
    await (door === 'withOrg' ? db.withOrg(org.id, insert) : db[door](insert));
  }
  return org;
}

async function rowsOf<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Tables and partitions that hold something of an organisation, as the catalogue knows them. */
async function guardedTables(url: string) {
  return rowsOf<{ name: string; partition: boolean; enabled: boolean; forced: boolean; owner: string }>(
    url,
    `SELECT c.relname AS name, c.relispartition AS partition, c.relrowsecurity AS enabled,
            c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner
       FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND (c.relname IN ('organisations', 'platform_keys') OR EXISTS (
              SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped))`,
  );
}

t.test('every table of an organisation forces row security, and this file probes it', async (t) => {
  const { url } = await freshDatabase(t);
  const tables = await guardedTables(url);
  for (const table of tables) {
    t.ok(table.enabled && table.forced, `${table.name} forces row security`);
    t.notOk(ROLES.includes(table.owner), `${table.name} does not belong to a role of the gateway`);
  }
  const parents = tables.filter((table) => !table.partition && table.name !== 'platform_keys');
  t.same(parents.map((table) => table.name).sort(), [...TABLES].sort());
});

t.test('no role of the gateway may log in, bypass row security or inherit its way around it', async (t) => {
  const { url } = await freshDatabase(t);
  const roles = await rowsOf(
    url,
    `SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolinherit
       FROM pg_roles WHERE rolname = ANY ($1)`,
    [ROLES],
  );
  t.equal(roles.length, ROLES.length);
  for (const { rolname, ...attributes } of roles)
    t.notOk(Object.values(attributes).includes(true), `${rolname} has no attribute`);
  const members = await rowsOf(
    url,
    'SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY ($1)',
    [ROLES],
  );
  t.equal(members.length, 0, 'and is a member of nothing');
});

t.test(
  'a right on a guarded table always comes with a policy, and partitions are reached by nobody',
  async (t) => {
    const { url } = await freshDatabase(t);
    const tables = await guardedTables(url);
    const policies = await rowsOf<{ tablename: string; roles: string; cmd: string }>(
      url,
      'SELECT tablename, roles::text, cmd FROM pg_policies',
    );
    t.notOk(
      policies.some((policy) => policy.roles.includes('public')),
      'no policy is for everybody',
    );
    const rights = await rowsOf<{ name: string; role: string; command: string }>(
      url,
      `SELECT name, role, command FROM unnest($1::text[]) name, unnest($2::text[]) role, unnest($3::text[]) command
      WHERE has_table_privilege(role, name, command)`,
      [tables.map((table) => table.name), ROLES, COMMANDS],
    );
    for (const { name, role, command } of rights) {
      const policed = policies.some(
        (policy) =>
          policy.tablename === name && policy.roles === `{${role}}` && ['ALL', command].includes(policy.cmd),
      );
      t.ok(policed, `${role} may ${command} ${name}`);
    }
    const partitions = new Set(tables.filter((table) => table.partition).map((table) => table.name));
    t.ok(partitions.size > 3);
    t.same(
      rights.filter((right) => partitions.has(right.name)),
      [],
    );
  },
);

t.test(
  'a login for reports reads every organisation, but no key, address, template or content',
  async (t) => {
    const { db, url } = await freshDatabase(t);
    await addOrg(db);
    await addOrg(db);
    const reports = await reportsLogin(t, url);
    const denied = { code: INSUFFICIENT_PRIVILEGE };
    const counted = async (table: string) =>
      (await rowsOf<{ n: string }>(reports, `SELECT count(id) AS n FROM ${table}`))[0]?.n;
    for (const table of ['organisations', 'users', 'virtual_keys', 'prompt_versions', 'usage_events'])
      t.equal(await counted(table), '2', table);
    for (const hidden of [
      'hash FROM virtual_keys',
      'previous_hash FROM virtual_keys',
      'hint FROM virtual_keys',
      'email FROM users',
      'external_id FROM users',
      'template FROM prompt_versions',
      'request FROM request_content',
      'hash FROM platform_keys',
    ])
      await t.rejects(rowsOf(reports, `SELECT ${hidden}`), denied, hidden);
    await t.rejects(rowsOf(reports, 'DELETE FROM usage_events'), denied);
  },
);

t.test('an organisation never sees, changes, deletes or adds a row of another', async (t) => {
  const { db } = await freshDatabase(t);
  const a = await addOrg(db);
  const b = await addOrg(db);
  for (const table of TABLES) {
    const name = sql.identifier(table);
    const whose = sql.identifier(owner(table));
    const visible = await db.withOrg(a.id, (tx) => run(tx, sql`SELECT ${whose} FROM ${name}`));
    t.equal(visible, 1, `${table}: its own row is seen, and no other`);
    t.equal(await touched(db, a.id, sql`SELECT ${whose} FROM ${name} WHERE ${whose} = ${b.id}`), 0, 'seen');
    t.equal(
      await touched(db, a.id, sql`UPDATE ${name} SET ${whose} = ${whose} WHERE ${whose} = ${b.id}`),
      0,
      'changed',
    );
    t.equal(await touched(db, a.id, sql`DELETE FROM ${name} WHERE ${whose} = ${b.id}`), 0, 'deleted');
    t.equal(await touched(db, a.id, sql`UPDATE ${name} SET ${whose} = ${b.id}`), 0, 'given away');
    const foreign = ROWS[table]?.row({ ...b, team: randomUUID(), user: randomUUID(), prompt: randomUUID() });
    if (foreign !== undefined) t.equal(await touched(db, a.id, insertion(table, foreign)), 0, 'added');
    t.equal(await db.withOrg(b.id, (tx) => run(tx, sql`SELECT ${whose} FROM ${name}`)), 1, 'still there');
  }
});

t.test(
  'nobody sees a row without saying of which organisation: not the app role, not the owner',
  async (t) => {
    const { db, url } = await freshDatabase(t);
    await addOrg(db);
    const [login] = await rowsOf<{ super: boolean }>(
      url,
      'SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user',
    );
    for (const table of TABLES) {
      const text = `SELECT FROM ${table}`;
      const asApp = await db.write(async (tx) => {
        await tx.execute(sql`SET LOCAL ROLE sluice_app`);
        return run(tx, sql.raw(text));
      });
      t.equal(asApp, 0, `${table} without sluice.org_id`);
      if (login?.super === false) t.equal((await rowsOf(url, text)).length, 0, `${table} as its owner`);
    }
  },
);

t.test(
  'a reference cannot point into another organisation, though foreign keys are checked past row security',
  async (t) => {
    const { db } = await freshDatabase(t);
    const a = await addOrg(db);
    const b = await addOrg(db);
    for (const table of ['memberships', 'virtual_keys', 'prompt_versions', 'prompt_labels']) {
      const values = ROWS[table]?.row({ ...b, id: a.id }) ?? {};
      const error = await db
        .withOrg(a.id, (tx) => run(tx, insertion(table, values)))
        .catch((thrown: unknown) => thrown);
      t.equal(sqlState(error), '23503', table);
    }
  },
);

t.test(
  'events are append-only for an organisation, and belong to operators where nobody was recognised',
  async (t) => {
    const { db } = await freshDatabase(t);
    const org = await addOrg(db);
    const { org_id, ...anonymous } = ROWS.audit_events?.row(org) ?? {};
    await db.write((tx) => run(tx, insertion('audit_events', anonymous)));
    t.equal(await db.withOrg(org.id, (tx) => run(tx, sql`SELECT FROM audit_events`)), 1);
    t.equal(await db.platform((tx) => run(tx, sql`SELECT FROM audit_events`)), 1);
    t.equal(await db.write((tx) => run(tx, sql`SELECT FROM audit_events`)), 2);
    for (const table of [
      'usage_events',
      'usage_rollups',
      'audit_events',
      'request_content',
      'budget_windows',
      'budget_leases',
      'budget_buckets',
      'outbox',
      'stored_responses',
    ])
      for (const statement of [`UPDATE ${table} SET org_id = org_id`, `DELETE FROM ${table}`])
        await t.rejects(
          db.withOrg(org.id, (tx) => tx.execute(sql.raw(statement))),
          { code: INSUFFICIENT_PRIVILEGE },
        );
  },
);

t.test('the loader reads and writes nothing', async (t) => {
  const { db } = await freshDatabase(t);
  const org = await addOrg(db);
  t.equal(await db.load((tx) => run(tx, sql`SELECT FROM virtual_keys WHERE org_id = ${org.id}`)), 1);
  for (const statement of [
    'UPDATE virtual_keys SET name = name',
    'DELETE FROM teams',
    'SELECT FROM request_content',
  ])
    await t.rejects(
      db.load((tx) => tx.execute(sql.raw(statement))),
      { code: INSUFFICIENT_PRIVILEGE },
    );
});
