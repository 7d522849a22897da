/** The rows of `budget_windows`, which leases and settlement both change. */
import { type SQL, sql } from 'drizzle-orm';
import type { PicoUsd } from '../core/money.ts';
import type { Database, Tx } from '../storage/database.ts';
import type { WindowKey } from './ledger.ts';
import type { WindowTerms } from './terms.ts';

/** Makes the window where it is missing, brings its terms up to date, locks it, and says what is left. */
export async function openWindow(tx: Tx, window: WindowKey, terms: WindowTerms): Promise<PicoUsd> {
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

/**
 * Takes what a rolling window spent longer ago than its length off `settled`. The windows are locked already.
 * @param which windows, by the columns of budget_buckets @returns what is free again
 */
export async function rollOff(tx: Tx, which: SQL): Promise<PicoUsd> {
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

export async function freesAt(tx: Tx, window: WindowKey): Promise<number | undefined> {
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
export const windowColumns = sql.raw(['org_id, budget_id, subject_id, window_start', ...TERMS].join(', '));
export const newTerms = sql.raw(TERMS.map((column) => `${column} = excluded.${column}`).join(', '));

export function sameWindow(alias: 'l' | 'b' | 'sums'): SQL {
  const other = sql.raw(alias);
  return sql`(w.org_id, w.budget_id, w.subject_id, w.window_start)
    = (${other}.org_id, ${other}.budget_id, ${other}.subject_id, ${other}.window_start)`;
}

export function isWindow(window: WindowKey): SQL {
  return sql`org_id = ${window.orgId} AND budget_id = ${window.budgetId}
    AND subject_id = ${window.subjectId} AND window_start = ${startOf(window)}`;
}

function intArray(values: readonly number[]): SQL {
  return sql`${`{${values.join(',')}}`}::int[]`;
}

export function startOf({ windowStartMs }: WindowKey): string {
  return new Date(windowStartMs).toISOString();
}

/** @returns null for Infinity */
function isoInstant(epochMs: number): string | null {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : null;
}

export async function rows<T>(tx: Tx, query: SQL): Promise<readonly T[]> {
  const result = (await tx.execute(query)) as unknown as { readonly rows: readonly T[] };
  return result.rows;
}
