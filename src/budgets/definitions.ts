import { eq } from 'drizzle-orm';
import { formatUsd } from '../core/money.ts';
import type { Database } from '../storage/database.ts';
import type { Definitions } from './books.ts';
import { type Budget, budgetOf } from './budget.ts';
import type { BudgetRule } from './rule.ts';
import { budgets } from './schema.ts';
import { writtenWindow } from './window.ts';

/** A row of the table `budgets`. */
export type BudgetRow = typeof budgets.$inferSelect;

/** A budget of the admin API as a policy would write it. */
export function ruleOfRow(row: BudgetRow): BudgetRule {
  const { window, rollingSeconds } = row;
  return {
    id: row.id,
    scope: row.scope,
    ...(row.tag !== null && { tag: row.tag }),
    ...(row.prompt !== null && { prompt: row.prompt }),
    window: window === 'rolling' ? writtenWindow({ rollingMs: (rollingSeconds ?? 0) * 1000 }) : window,
    timezone: row.timezone,
    amount_usd: formatUsd(row.amount),
    raises: [...row.raises],
    hard: row.hard,
    alert_percents: row.alertPercents,
    ...(row.models !== null && { models: row.models }),
  };
}

/** All budgets in force that were made through the admin API, by organisation. */
export async function loadDefinitions(db: Database): Promise<Definitions> {
  const rows = await db.load((tx) => tx.select().from(budgets).where(eq(budgets.status, 'active')));
  const byOrg = new Map<string, Budget[]>();
  for (const row of rows) {
    const budget = budgetOf(ruleOfRow(row), row.name, row.scopeId);
    const known = byOrg.get(row.orgId);
    if (known === undefined) byOrg.set(row.orgId, [budget]);
    else known.push(budget);
  }
  return byOrg;
}
