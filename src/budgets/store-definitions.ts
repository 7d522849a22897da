import { and, eq, or, sql } from 'drizzle-orm';
import { Fault } from '../core/fault.ts';
import type { PicoUsd } from '../core/money.ts';
import type { SubjectKind } from '../identity/index.ts';
import type { Database } from '../storage/database.ts';
import type { BudgetRow } from './definitions.ts';
import type { WindowKey } from './ledger.ts';
import { budgets, budgetWindows } from './schema.ts';

/** What one subject spent in one window, and what nodes hold for it. */
export interface WindowStanding {
  readonly budgetId: string;
  readonly subjectId: string;
  readonly settled: PicoUsd;
  readonly leased: PicoUsd;
}

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

/** What is spent and leased in these windows of these budgets, ordered by subject. */
export async function standingsIn(
  db: Database,
  orgId: string,
  windows: readonly Pick<WindowKey, 'budgetId' | 'windowStartMs'>[],
): Promise<WindowStanding[]> {
  if (windows.length === 0) return [];
  const { budgetId, subjectId, windowStart, settled, leased } = budgetWindows;
  const wanted = windows.map((window) =>
    and(eq(budgetId, window.budgetId), eq(windowStart, new Date(window.windowStartMs))),
  );
  return db.withOrg(orgId, (tx) =>
    tx
      .select({ budgetId, subjectId, settled, leased })
      .from(budgetWindows)
      .where(and(eq(budgetWindows.orgId, orgId), or(...wanted)))
      .orderBy(budgetId, subjectId),
  );
}

/** By which policy files may name the organisation. */
export async function slugOf(db: Database, orgId: string): Promise<string> {
  const { rows } = await db.withOrg(orgId, (tx) =>
    tx.execute<{ slug: string }>(sql`SELECT slug FROM organisations WHERE id = ${orgId}`),
  );
  const [row] = rows;
  if (row === undefined) throw new Fault('not_found', `There is no organisation "${orgId}".`);
  return row.slug;
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
