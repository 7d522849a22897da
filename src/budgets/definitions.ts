import { eq } from 'drizzle-orm';
import { namePatterns } from '../core/pattern.ts';
import type { Database } from '../storage/database.ts';
import type { Definitions } from './books.ts';
import type { Budget } from './budget.ts';
import { budgets } from './schema.ts';

/** A row of the table `budgets`. */
export type BudgetRow = typeof budgets.$inferSelect;

function budgetOfRow(row: BudgetRow): Budget {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    scopeId: row.scopeId,
    window: row.window,
    timezone: row.timezone,
    amount: row.amount,
    hard: row.hard,
    models: row.models === null ? undefined : namePatterns(row.models),
  };
}

/** All budgets in force that were made through the admin API, by organisation. */
export async function loadDefinitions(db: Database): Promise<Definitions> {
  const rows = await db.load((tx) => tx.select().from(budgets).where(eq(budgets.status, 'active')));
  const byOrg = new Map<string, Budget[]>();
  for (const row of rows) {
    const known = byOrg.get(row.orgId);
    if (known === undefined) byOrg.set(row.orgId, [budgetOfRow(row)]);
    else known.push(budgetOfRow(row));
  }
  return byOrg;
}
