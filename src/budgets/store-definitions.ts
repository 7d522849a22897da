import { and, eq, sql } from 'drizzle-orm';
import type { PicoUsd } from '../core/money.ts';
import type { SubjectKind } from '../identity/index.ts';
import type { Database } from '../storage/database.ts';
import type { BudgetRow } from './definitions.ts';
import type { WindowKey } from './ledger.ts';
import { budgets } from './schema.ts';

/** What one subject spent in one window, and what nodes hold for it. */
export interface WindowStanding {
  readonly budgetId: string;
  readonly subjectId: string;
  /** Of prompts and tag values. */
  readonly subjectName: string | null;
  readonly settled: PicoUsd;
  readonly leased: PicoUsd;
  readonly openedAt: Date;
  /** Of a rolling window: when the oldest part of what was spent is free again. */
  readonly freesAt: Date | null;
  /** How many subjects the budget has in this window, with those that are not told. */
  readonly subjects: number;
}

/** A budget of each key or tag value can have any number of them. */
const SUBJECTS_TOLD = 1_000;

export function listBudgets(db: Database, orgId: string): Promise<BudgetRow[]> {
  return db.withOrg(orgId, (tx) =>
    tx
      .select()
      .from(budgets)
      .where(and(eq(budgets.orgId, orgId), eq(budgets.status, 'active')))
      .orderBy(budgets.createdAt, budgets.id),
  );
}

export async function findBudget(db: Database, orgId: string, id: string): Promise<BudgetRow | undefined> {
  const [row] = await db.withOrg(orgId, (tx) => tx.select().from(budgets).where(isActive(orgId, id)));
  return row;
}

export async function createBudget(db: Database, values: typeof budgets.$inferInsert): Promise<BudgetRow> {
  const [row] = await db.withOrg(values.orgId, (tx) => tx.insert(budgets).values(values).returning());
  if (row === undefined) throw new Error('the insert of a budget returned no row');
  return row;
}

export async function updateBudget(
  db: Database,
  orgId: string,
  id: string,
  changes: Partial<typeof budgets.$inferInsert>,
): Promise<BudgetRow | undefined> {
  const [row] = await db.withOrg(orgId, (tx) =>
    tx.update(budgets).set(changes).where(isActive(orgId, id)).returning(),
  );
  return row;
}

/** @returns whether there was such a budget */
export async function deleteBudget(db: Database, orgId: string, id: string, at: Date): Promise<boolean> {
  return (await updateBudget(db, orgId, id, { status: 'deleted', updatedAt: at })) !== undefined;
}

/**
 * What is spent and leased in these windows of these budgets: of the subjects that spent the most, ordered by subject.
 * @param visible ids of the only subjects that may be told; undefined: all
 */
export async function standingsIn(
  db: Database,
  orgId: string,
  windows: readonly Pick<WindowKey, 'budgetId' | 'windowStartMs'>[],
  visible: readonly string[] | undefined,
): Promise<WindowStanding[]> {
  if (windows.length === 0) return [];
  const wanted = JSON.stringify(
    windows.map(({ budgetId, windowStartMs }) => ({
      budget_id: budgetId,
      window_start: new Date(windowStartMs).toISOString(),
    })),
  );
  const seen =
    visible === undefined ? sql`` : sql`AND w.subject_id = ANY(${`{${visible.join(',')}}`}::uuid[])`;
  const { rows } = (await db.withOrg(orgId, (tx) =>
    tx.execute(sql`
      WITH standing AS (
        SELECT w.*, count(*) OVER (PARTITION BY w.budget_id) AS subjects,
          row_number() OVER (
            PARTITION BY w.budget_id ORDER BY w.settled_pico_usd + w.leased_pico_usd DESC, w.subject_id
          ) AS place
        FROM jsonb_to_recordset(${wanted}::jsonb) AS k (budget_id text, window_start timestamptz)
        JOIN budget_windows w
          ON w.org_id = ${orgId} AND (w.budget_id, w.window_start) = (k.budget_id, k.window_start) ${seen}
      )
      SELECT w.budget_id AS "budgetId", w.subject_id AS "subjectId", w.subject_name AS "subjectName",
        (w.settled_pico_usd - b.gone)::text AS settled, w.leased_pico_usd::text AS leased,
        w.opened_at::text AS "openedAt", b.frees_at::text AS "freesAt", w.subjects::int AS subjects
      FROM standing w
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(settled_pico_usd) FILTER (WHERE expires_at <= now()), 0) AS gone,
          min(expires_at) FILTER (WHERE expires_at > now()) AS frees_at
        FROM budget_buckets b
        WHERE (b.org_id, b.budget_id, b.subject_id, b.window_start)
          = (w.org_id, w.budget_id, w.subject_id, w.window_start)
      ) b
      WHERE w.place <= ${SUBJECTS_TOLD}
      ORDER BY w.budget_id, w.subject_name, w.subject_id`),
  )) as unknown as { readonly rows: readonly StandingRow[] };
  return rows.map((row) => ({
    ...row,
    settled: BigInt(row.settled),
    leased: BigInt(row.leased),
    openedAt: new Date(row.openedAt),
    freesAt: row.freesAt === null ? null : new Date(row.freesAt),
  }));
}

interface StandingRow {
  readonly budgetId: string;
  readonly subjectId: string;
  readonly subjectName: string | null;
  readonly settled: string;
  readonly leased: string;
  readonly openedAt: string;
  readonly freesAt: string | null;
  readonly subjects: number;
}

const SCOPE_TABLES: Readonly<Record<SubjectKind, string>> = {
  org: 'organisations',
  team: 'teams',
  user: 'users',
  key: 'virtual_keys',
};

/** Row security hides those of other organisations, so they do not exist here. */
export async function scopeExists(
  db: Database,
  orgId: string,
  scope: SubjectKind,
  scopeId: string,
): Promise<boolean> {
  const table = sql.identifier(SCOPE_TABLES[scope]);
  const found = (await db.withOrg(orgId, (tx) =>
    tx.execute(sql`SELECT FROM ${table} WHERE id = ${scopeId}`),
  )) as unknown as { readonly rowCount: number };
  return found.rowCount > 0;
}

function isActive(orgId: string, id: string) {
  return and(eq(budgets.orgId, orgId), eq(budgets.id, id), eq(budgets.status, 'active'));
}
