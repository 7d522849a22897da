/** What drained records drew, booked on the windows and leases that it was drawn on. */
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../storage/database.ts';
import { newTerms, rollOff, rows, windowColumns } from './store-windows.ts';

/** How finely rolling windows forget: what was spent counts for its length and at most a hundredth more. */
const BUCKETS_PER_WINDOW = 100;

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

const drawOfWindow = sql`(w.org_id, w.budget_id, w.subject_id, w.window_start)
  = (d.org_id, d.budget_id, d.subject_id, d.window_start)`;

const windowOf = sql.raw('(org_id, budget_id, subject_id, window_start)');
