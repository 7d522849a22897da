import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';

interface Kept {
  readonly table: string;
  /** The column that says how old a row is. */
  readonly at: string;
}

/** What happened to whom, by month. Sums of usage are not among them: the statement of account does not change. */
const MONTHLY: readonly Kept[] = [
  { table: 'request_content', at: 'occurred_at' },
  { table: 'audit_events', at: 'occurred_at' },
  { table: 'usage_events', at: 'occurred_at' },
];
/** And whose responses providers keep. */
const ALL: readonly Kept[] = [...MONTHLY, { table: 'stored_responses', at: 'created_at' }];

/** Rows per transaction: well below a second, and well below what holds up the journal. */
const BATCH = 2_000;

export interface Retention {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Days that audit records of no organisation are kept. */
  readonly unownedDays: number;
  /** Days that audit records are kept at least. */
  readonly auditLeastDays: number;
  /** Once aborted, no further batch begins. */
  readonly signal?: AbortSignal;
}

/**
 * Deletes what is older than the `retention_days` of its organisation, and then the months that nothing is left of; to
 * be run hourly. May run on every node at any time: one works, the others pass. Stopped in the middle, it goes on the
 * next time.
 *
 * @returns how many rows and partitions it took away
 */
export async function expireRecords(
  db: Database,
  { nowMs, unownedDays, auditLeastDays, signal }: Retention,
): Promise<{ rows: number; partitions: number }> {
  const now = sql`${new Date(nowMs).toISOString()}::timestamptz`;
  const statements = [
    ...ALL.map((kept) => expiredOfOrgs(kept, now, kept.table === 'audit_events' ? auditLeastDays : 0)),
    expiredOfNobody(now, unownedDays),
  ];
  let rows = 0;
  for (const statement of statements) rows += await inBatches(db, statement, signal);
  let partitions = 0;
  for (const { table } of MONTHLY) if (!signal?.aborted) partitions += await dropEmpty(db, table);
  return { rows, partitions };
}

async function inBatches(db: Database, statement: SQL, signal: AbortSignal | undefined): Promise<number> {
  let removed = 0;
  while (!signal?.aborted) {
    const { rowCount } = await db.write((tx) => tx.execute(statement));
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < BATCH) break;
  }
  return removed;
}

/** Whoever gets the lock of the transaction works; to the others nothing is old. */
const TURN = sql`SELECT pg_try_advisory_xact_lock(hashtextextended('sluice expire', 0)) AS mine`;

function expiredOfOrgs({ table, at }: Kept, now: SQL, leastDays: number): SQL {
  const [rows, time] = [sql.identifier(table), sql.identifier(at)];
  return sql`
    WITH turn AS MATERIALIZED (${TURN}),
    old AS MATERIALIZED (
      SELECT o.id AS org_id, e.at, e.id
      FROM turn, organisations o, LATERAL (
        SELECT ${time} AS at, id FROM ${rows}
        WHERE org_id = o.id AND ${time} < ${now} - make_interval(days => greatest(o.retention_days, ${leastDays}::int))
        LIMIT ${BATCH}) e
      WHERE turn.mine
      LIMIT ${BATCH})
    DELETE FROM ${rows} e USING old WHERE e.org_id = old.org_id AND e.${time} = old.at AND e.id = old.id`;
}

function expiredOfNobody(now: SQL, days: number): SQL {
  return sql`
    WITH turn AS MATERIALIZED (${TURN}),
    old AS MATERIALIZED (
      SELECT occurred_at, id FROM turn, audit_events
      WHERE turn.mine AND org_id IS NULL AND occurred_at < ${now} - make_interval(days => ${days}::int)
      LIMIT ${BATCH})
    DELETE FROM audit_events e USING old
    WHERE e.org_id IS NULL AND e.occurred_at = old.occurred_at AND e.id = old.id`;
}

/** The writer, who sees every row, looks first: only what is empty is locked. */
async function dropEmpty(db: Database, table: string): Promise<number> {
  const { rows: months } = await db.write((tx) =>
    tx.execute<{ month: string }>(sql`
      SELECT right(inhrelid::regclass::text, 7) AS month FROM pg_inherits
      WHERE inhparent = ${table}::regclass AND inhrelid::regclass::text ~ '_\\d{4}_\\d{2}$'
        AND to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM') < date_trunc('month', now()) - interval '1 month'`),
  );
  let dropped = 0;
  for (const { month } of months) {
    if (await holdsRows(db, table, month)) continue;
    const { rows } = await db.write((tx) =>
      tx.execute<{ dropped: boolean }>(sql`SELECT sluice_drop_partition(${table}, ${month}) AS dropped`),
    );
    if (rows[0]?.dropped === true) dropped += 1;
  }
  return dropped;
}

async function holdsRows(db: Database, table: string, month: string): Promise<boolean> {
  const begin = sql`${`${month.replace('_', '-')}-01T00:00:00Z`}::timestamptz`;
  const { rows } = await db.write((tx) =>
    tx.execute(sql`
      SELECT FROM ${sql.identifier(table)}
      WHERE occurred_at >= ${begin} AND occurred_at < ${begin} + interval '1 month' LIMIT 1`),
  );
  return rows.length > 0;
}
