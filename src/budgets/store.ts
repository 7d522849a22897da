import { type SQL, sql } from 'drizzle-orm';
import type { PicoUsd } from '../core/money.ts';
import type { Database, Tx } from '../storage/database.ts';
import {
  grantOf,
  type LeaseChange,
  type Ledger,
  type TakeReply,
  type TakeRequest,
  type WindowKey,
} from './ledger.ts';
import type { WindowTerms } from './terms.ts';

/** How finely rolling windows forget: what was spent counts for its length and at most a hundredth more. */
const BUCKETS_PER_WINDOW = 100;

/**
 * The ledger in Postgres. Whoever changes a lease locks its window first, and several windows in the order of
 * their key, so that nobody waits in a circle.
 */
export function postgresLedger(db: Database, nodeId: string, leaseTtlMs: number): Ledger {
  return {
    take: (request) => db.write((tx) => take(tx, request, nodeId, leaseTtlMs)),
    giveBack: (window, change, amount) => db.write((tx) => giveBack(tx, window, change, amount)),
    renew: (leaseIds) => db.write((tx) => renew(tx, leaseIds, leaseTtlMs)),
  };
}

async function take(tx: Tx, request: TakeRequest, nodeId: string, ttlMs: number): Promise<TakeReply> {
  const { window, terms } = request;
  let left = await openWindow(tx, window, terms);
  if (terms.rollingSeconds !== null) left += await rollOff(tx, isWindow(window));
  const grant = grantOf(left, request);
  if (grant === 0n) {
    const granted = await confirmLease(tx, request, ttlMs);
    if (granted === undefined && !request.first) return { kind: 'lost' };
    const freesAtMs = terms.rollingSeconds === null ? undefined : await freesAt(tx, window);
    return { kind: 'exhausted', left, granted, freesAtMs };
  }
  const granted = request.first
    ? await insertLease(tx, request, grant, nodeId, ttlMs)
    : await raiseLease(tx, request, grant, ttlMs);
  if (granted === undefined) return { kind: 'lost' };
  await raiseLeased(tx, request.window, grant);
  return { kind: 'granted', granted, left: left - grant };
}

/**
 * What the lease holds by the ledger, its life prolonged: an answer that got lost may have granted what the node does
 * not know of, which would otherwise lie there, unused.
 */
async function confirmLease(
  tx: Tx,
  { leaseId, seq }: LeaseChange,
  ttlMs: number,
): Promise<PicoUsd | undefined> {
  const [row] = await rows<{ granted: string }>(
    tx,
    sql`UPDATE budget_leases SET seq = ${seq}, expires_at = ${expiry(ttlMs)}
        WHERE id = ${leaseId} AND seq < ${seq}
        RETURNING granted_pico_usd AS granted`,
  );
  return row && BigInt(row.granted);
}

/** Makes the window where it is missing, brings its terms up to date, locks it, and says what is left. */
async function openWindow(tx: Tx, window: WindowKey, terms: WindowTerms): Promise<PicoUsd> {
  const { orgId, budgetId, subjectId } = window;
  const { name, scope, subjectName, amount, alertPercents, rollingSeconds, windowEndMs } = terms;
  const [row] = await rows<{ left: string }>(
    tx,
    sql`INSERT INTO budget_windows AS w (${windowColumns})
        VALUES (${orgId}, ${budgetId}, ${subjectId}, ${startOf(window)}, ${isoInstant(windowEndMs)},
          ${name}, ${scope}, ${subjectName}, ${amount.toString()}, true, ${intArray(alertPercents)}, ${rollingSeconds},
          now())
        ON CONFLICT (org_id, budget_id, subject_id, window_start) DO UPDATE SET ${newTerms}
        RETURNING w.amount_pico_usd - w.settled_pico_usd - w.leased_pico_usd AS left`,
  );
  return BigInt(row?.left ?? 0);
}

/** A first answer that got lost may have made the lease already: then it grows, and the node learns of both. */
async function insertLease(
  tx: Tx,
  { leaseId, seq, window }: TakeRequest,
  grant: PicoUsd,
  nodeId: string,
  ttlMs: number,
): Promise<PicoUsd | undefined> {
  const amount = grant.toString();
  const [row] = await rows<{ granted: string }>(
    tx,
    sql`INSERT INTO budget_leases AS l (id, org_id, budget_id, subject_id, window_start, node_id,
          remaining_pico_usd, granted_pico_usd, seq, expires_at)
        VALUES (${leaseId}, ${window.orgId}, ${window.budgetId}, ${window.subjectId}, ${startOf(window)}, ${nodeId},
          ${amount}, ${amount}, ${seq}, ${expiry(ttlMs)})
        ON CONFLICT (id) DO UPDATE
        SET remaining_pico_usd = l.remaining_pico_usd + ${amount}, granted_pico_usd = l.granted_pico_usd + ${amount},
            seq = ${seq}, expires_at = excluded.expires_at
        WHERE l.seq < ${seq}
        RETURNING l.granted_pico_usd AS granted`,
  );
  return row && BigInt(row.granted);
}

async function raiseLease(
  tx: Tx,
  { leaseId, seq }: LeaseChange,
  grant: PicoUsd,
  ttlMs: number,
): Promise<PicoUsd | undefined> {
  const [row] = await rows<{ granted: string }>(
    tx,
    sql`UPDATE budget_leases
        SET remaining_pico_usd = remaining_pico_usd + ${grant.toString()},
            granted_pico_usd = granted_pico_usd + ${grant.toString()},
            seq = ${seq}, expires_at = ${expiry(ttlMs)}
        WHERE id = ${leaseId} AND seq < ${seq}
        RETURNING granted_pico_usd AS granted`,
  );
  return row && BigInt(row.granted);
}

/** The row is locked and what is left was looked at; the trigger of migration 0004 has the last word. */
async function raiseLeased(tx: Tx, window: WindowKey, grant: PicoUsd): Promise<void> {
  await tx.execute(
    sql`UPDATE budget_windows SET leased_pico_usd = leased_pico_usd + ${grant.toString()} WHERE ${isWindow(window)}`,
  );
}

async function giveBack(
  tx: Tx,
  window: WindowKey,
  { leaseId, seq }: LeaseChange,
  amount: PicoUsd,
): Promise<PicoUsd | undefined> {
  await tx.execute(sql`SELECT FROM budget_windows WHERE ${isWindow(window)} FOR UPDATE`);
  const [row] = await rows<{ left: string }>(
    tx,
    sql`WITH lease AS (
          UPDATE budget_leases
          SET remaining_pico_usd = remaining_pico_usd - ${amount.toString()},
              granted_pico_usd = granted_pico_usd - ${amount.toString()}, seq = ${seq}
          WHERE id = ${leaseId} AND seq < ${seq} AND remaining_pico_usd >= ${amount.toString()}
          RETURNING id
        )
        UPDATE budget_windows SET leased_pico_usd = leased_pico_usd - ${amount.toString()}
        WHERE ${isWindow(window)} AND EXISTS (SELECT FROM lease)
        RETURNING amount_pico_usd - settled_pico_usd - leased_pico_usd AS left`,
  );
  return row && BigInt(row.left);
}

/**
 * Takes what a rolling window spent longer ago than its length off `settled`. The windows are locked already.
 * @param which windows, by the columns of budget_buckets @returns what is free again
 */
async function rollOff(tx: Tx, which: SQL): Promise<PicoUsd> {
  const [row] = await rows<{ freed: string | null }>(
    tx,
    sql`WITH gone AS (DELETE FROM budget_buckets WHERE expires_at <= now() AND ${which} RETURNING *),
        sums AS (
          SELECT org_id, budget_id, subject_id, window_start, sum(settled_pico_usd) AS spent
          FROM gone GROUP BY 1, 2, 3, 4
        ),
        rolled AS (
          UPDATE budget_windows w SET settled_pico_usd = settled_pico_usd - sums.spent
          FROM sums WHERE ${sameWindow('sums')}
        )
        SELECT sum(spent)::text AS freed FROM sums`,
  );
  return BigInt(row?.freed ?? 0);
}

async function freesAt(tx: Tx, window: WindowKey): Promise<number | undefined> {
  const [row] = await rows<{ at: string | null }>(
    tx,
    sql`SELECT (extract(epoch FROM min(expires_at)) * 1000)::bigint::text AS at
        FROM budget_buckets WHERE ${isWindow(window)}`,
  );
  return row?.at ? Number(row.at) : undefined;
}

/** Rolls off what rolling windows of any node spent long ago, for those who read the ledger. */
export function rollOffAll(db: Database): Promise<PicoUsd> {
  return db.write(async (tx) => {
    await tx.execute(
      sql`SELECT FROM budget_windows w
          WHERE EXISTS (SELECT FROM budget_buckets b WHERE b.expires_at <= now() AND ${sameWindow('b')})
          ORDER BY w.org_id, w.budget_id, w.subject_id, w.window_start FOR UPDATE`,
    );
    return rollOff(tx, sql`true`);
  });
}

async function renew(tx: Tx, leaseIds: readonly string[], ttlMs: number): Promise<ReadonlySet<string>> {
  const renewed = await rows<{ id: string }>(
    tx,
    sql`UPDATE budget_leases SET expires_at = ${expiry(ttlMs)}
        WHERE id IN (SELECT id FROM budget_leases WHERE id IN ${leaseIds} ORDER BY id FOR UPDATE)
        RETURNING id`,
  );
  return new Set(renewed.map((row) => row.id));
}

/** Returns what is left of leases whose life has ended: their nodes are dead or cut off. @returns how many */
export function expireLeases(db: Database): Promise<number> {
  return db.write((tx) => endLeases(tx, sql`l.expires_at < now()`));
}

/**
 * Returns what is left of all leases of a node that is dead and whose journal has been drained to its end: then
 * nothing of them can have been spent without the ledger knowing. @returns how many
 */
export function reclaimLeases(db: Database, deadNodeId: string): Promise<number> {
  return db.write((tx) => endLeases(tx, sql`l.node_id = ${deadNodeId}`));
}

async function endLeases(tx: Tx, ended: SQL): Promise<number> {
  await tx.execute(
    sql`SELECT FROM budget_windows w
        WHERE EXISTS (SELECT FROM budget_leases l WHERE ${sameWindow('l')} AND ${ended})
        ORDER BY w.org_id, w.budget_id, w.subject_id, w.window_start FOR UPDATE`,
  );
  const [row] = await rows<{ ended: number }>(
    tx,
    sql`WITH gone AS (DELETE FROM budget_leases l WHERE ${ended} RETURNING l.*),
        sums AS (
          SELECT org_id, budget_id, subject_id, window_start, sum(remaining_pico_usd) AS rest
          FROM gone GROUP BY 1, 2, 3, 4
        ),
        returned AS (
          UPDATE budget_windows w SET leased_pico_usd = leased_pico_usd - sums.rest
          FROM sums WHERE ${sameWindow('sums')}
        )
        SELECT count(*)::int AS ended FROM gone`,
  );
  return row?.ended ?? 0;
}

/** What drained records drew on one window, through one lease or (`null`) without; named as in the journal. */
export interface SettledDraw {
  readonly org_id: string;
  readonly budget_id: string;
  readonly subject_id: string;
  readonly window_start: string;
  readonly lease_id: string | null;
  /** Decimal text. */
  readonly pico_usd: string;
  /** Of the newest record that has them; null where a lease has opened the window, and in old records. */
  readonly terms: Readonly<Record<string, unknown>> | null;
  /** Instant of that record. */
  readonly described_at: string | null;
}

/**
 * The draws of records that this transaction inserts for the first time, added up.
 * @param records an array of journal records as jsonb, of which some have `draws`
 */
export function drawsOf(tx: Tx, records: SQL, freshIds: readonly string[]): Promise<readonly SettledDraw[]> {
  return rows<SettledDraw>(
    tx,
    sql`SELECT r.org_id, d.budget_id, d.subject_id, d.window_start, d.lease_id, sum(d.pico_usd)::text AS pico_usd,
          (array_agg(d.terms ORDER BY r.occurred_at DESC) FILTER (WHERE d.terms IS NOT NULL))[1] AS terms,
          max(r.occurred_at) FILTER (WHERE d.terms IS NOT NULL) AS described_at
        FROM jsonb_to_recordset(${records}) AS r (id text, org_id uuid, occurred_at timestamptz, draws jsonb),
          jsonb_to_recordset(coalesce(r.draws, '[]')) AS d
            (budget_id text, subject_id uuid, window_start text, lease_id uuid, pico_usd numeric, terms jsonb)
        WHERE r.id IN (SELECT jsonb_array_elements_text(${JSON.stringify(freshIds)}::jsonb))
        GROUP BY 1, 2, 3, 4, 5`,
  );
}

/**
 * Books what was spent: `settled` rises by the cost, `leased` and the lease fall by as much of it as the lease
 * still holds. What a lease does not cover (a provider that ignored the cap, a lease that lapsed meanwhile) is
 * booked all the same, because it was spent. Thresholds that are passed go into the outbox, each once per window.
 */
export async function settleDraws(tx: Tx, draws: readonly SettledDraw[]): Promise<Settlement> {
  if (draws.length === 0) return { beyond: 0, alerts: 0 };
  const given = sql`jsonb_to_recordset(${JSON.stringify(draws)}::jsonb)
    AS d (org_id uuid, budget_id text, subject_id uuid, window_start timestamptz, lease_id uuid, pico_usd numeric,
      terms jsonb, described_at timestamptz)`;
  await openSettledWindows(tx, given);
  await rollOff(tx, sql`${windowOf} IN (SELECT org_id, budget_id, subject_id, window_start FROM ${given})`);
  const [row] = await rows<Settlement>(
    tx,
    sql`WITH paid AS (
          SELECT d.*, l.id AS id, least(coalesce(l.remaining_pico_usd, 0), d.pico_usd) AS taken
          FROM ${given} LEFT JOIN budget_leases l ON l.id = d.lease_id
        ),
        drained AS (
          UPDATE budget_leases l SET remaining_pico_usd = remaining_pico_usd - paid.taken
          FROM paid WHERE l.id = paid.id
        ),
        sums AS (
          SELECT org_id, budget_id, subject_id, window_start, sum(pico_usd) AS cost, sum(taken) AS taken
          FROM paid GROUP BY 1, 2, 3, 4
        ),
        settled AS (
          UPDATE budget_windows w
          SET settled_pico_usd = settled_pico_usd + d.cost, leased_pico_usd = leased_pico_usd - d.taken
          FROM sums d WHERE ${drawOfWindow}
          RETURNING w.*, d.cost, w.hard AND w.settled_pico_usd + w.leased_pico_usd > w.amount_pico_usd AS beyond
        ),
        bucketed AS (${intoBuckets}),
        alerted AS (${intoOutbox})
        SELECT (SELECT count(*) FILTER (WHERE beyond)::int FROM settled) AS beyond,
          (SELECT count(*)::int FROM alerted) AS alerts`,
  );
  return row ?? { beyond: 0, alerts: 0 };
}

export interface Settlement {
  /** Hard windows that are now beyond their amount. */
  readonly beyond: number;
  /** Thresholds that nobody had reported. */
  readonly alerts: number;
}

/** By the clock of the database, so that no node's clock can bring spending back too early. */
const intoBuckets = sql.raw(`
  INSERT INTO budget_buckets AS b
    (org_id, budget_id, subject_id, window_start, bucket_start, expires_at, settled_pico_usd)
  SELECT org_id, budget_id, subject_id, window_start, start,
    start + make_interval(secs => length + rolling_seconds), cost
  FROM settled,
    LATERAL (SELECT greatest(1, ceil(rolling_seconds / ${BUCKETS_PER_WINDOW}.0)) AS length) l,
    LATERAL (SELECT to_timestamp(floor(extract(epoch FROM now()) / length) * length) AS start) s
  WHERE rolling_seconds IS NOT NULL
  ON CONFLICT (org_id, budget_id, subject_id, window_start, bucket_start)
  DO UPDATE SET settled_pico_usd = b.settled_pico_usd + excluded.settled_pico_usd`);

/** A rolling window has no beginning: there a threshold is reported once per its length. */
const intoOutbox = sql.raw(`
  INSERT INTO outbox (org_id, key, kind, payload)
  SELECT org_id,
    concat_ws('/', 'budget.alert', budget_id, subject_id,
      coalesce(floor(extract(epoch FROM now()) / rolling_seconds), extract(epoch FROM window_start)), percent),
    'budget.alert',
    jsonb_build_object('budget_id', budget_id, 'name', name, 'scope', scope, 'subject_id', subject_id,
      'subject_name', subject_name, 'hard', hard, 'percent', percent, 'amount_pico_usd', amount_pico_usd::text,
      'spent_pico_usd', settled_pico_usd::text, 'window_start', CASE WHEN rolling_seconds IS NULL THEN window_start END,
      'window_end', window_end, 'rolling_seconds', rolling_seconds)
  FROM settled, unnest(alert_percents) AS percent
  WHERE settled_pico_usd * 100 >= amount_pico_usd * percent
  ON CONFLICT (org_id, key) DO NOTHING
  RETURNING 1`);

/**
 * Soft budgets take no leases, so their windows begin here; and here the windows of all draws are locked, in the
 * order of their key. Of two descriptions of a window the newer one holds: a journal may be drained late.
 */
async function openSettledWindows(tx: Tx, given: SQL): Promise<void> {
  await tx.execute(
    sql`INSERT INTO budget_windows AS w (${windowColumns})
        SELECT DISTINCT ON (d.org_id, d.budget_id, d.subject_id, d.window_start)
          d.org_id, d.budget_id, d.subject_id, d.window_start, (d.terms->>'window_end')::timestamptz,
          coalesce(d.terms->>'name', b.name), d.terms->>'scope', d.terms->>'subject_name',
          coalesce((d.terms->>'amount_pico_usd')::numeric, b.amount_pico_usd),
          coalesce((d.terms->>'hard')::boolean, b.hard, false),
          ARRAY(SELECT jsonb_array_elements_text(coalesce(d.terms->'alert_percents', '[]'))::int),
          (d.terms->>'rolling_seconds')::int, d.described_at
        FROM ${given} LEFT JOIN budgets b ON b.org_id = d.org_id AND b.id = d.budget_id
        ORDER BY d.org_id, d.budget_id, d.subject_id, d.window_start, d.described_at DESC NULLS LAST
        ON CONFLICT (org_id, budget_id, subject_id, window_start) DO UPDATE SET ${newTerms}
        WHERE coalesce(w.described_at, '-infinity') < excluded.described_at`,
  );
}

const TERMS = [
  'window_end',
  'name',
  'scope',
  'subject_name',
  'amount_pico_usd',
  'hard',
  'alert_percents',
  'rolling_seconds',
  'described_at',
];
const windowColumns = sql.raw(['org_id, budget_id, subject_id, window_start', ...TERMS].join(', '));
const newTerms = sql.raw(TERMS.map((column) => `${column} = excluded.${column}`).join(', '));

const drawOfWindow = sql`(w.org_id, w.budget_id, w.subject_id, w.window_start)
  = (d.org_id, d.budget_id, d.subject_id, d.window_start)`;

const windowOf = sql.raw('(org_id, budget_id, subject_id, window_start)');

function sameWindow(alias: 'l' | 'b' | 'sums'): SQL {
  const other = sql.raw(alias);
  return sql`(w.org_id, w.budget_id, w.subject_id, w.window_start)
    = (${other}.org_id, ${other}.budget_id, ${other}.subject_id, ${other}.window_start)`;
}

function isWindow(window: WindowKey): SQL {
  return sql`org_id = ${window.orgId} AND budget_id = ${window.budgetId}
    AND subject_id = ${window.subjectId} AND window_start = ${startOf(window)}`;
}

function intArray(values: readonly number[]): SQL {
  return sql`${`{${values.join(',')}}`}::int[]`;
}

function startOf({ windowStartMs }: WindowKey): string {
  return new Date(windowStartMs).toISOString();
}

/** @returns null for Infinity */
function isoInstant(epochMs: number): string | null {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : null;
}

function expiry(ttlMs: number): SQL {
  return sql`now() + ${ttlMs} * interval '1 millisecond'`;
}

async function rows<T>(tx: Tx, query: SQL): Promise<readonly T[]> {
  const result = (await tx.execute(query)) as unknown as { readonly rows: readonly T[] };
  return result.rows;
}
