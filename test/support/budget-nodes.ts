/** Nodes that share one ledger, without the gateway around them. */
import { sql } from 'drizzle-orm';
import type { Test } from 'tap';
import { type BudgetRule, openBudgets } from '../../src/budgets/index.ts';
import { Reservation } from '../../src/budgets/reservation.ts';
import type { Caller } from '../../src/budgets/scope.ts';
import { budgetSettings } from '../../src/budgets/settings.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import { parseUsd } from '../../src/core/money.ts';
import type { Principal } from '../../src/identity/index.ts';
import type { Database } from '../../src/storage/database.ts';
import { openBatch } from '../../src/storage/journal/sink.ts';
import { freshDatabase, silent } from './database.ts';
import { testPrincipal } from './exchange.ts';

export const id = (): string => uuidv7(Date.now());

export async function organisation(db: Database): Promise<string> {
  const orgId = id();
  await db.platform((tx) =>
    tx.execute(sql`INSERT INTO organisations (id, slug, name) VALUES (${orgId}, ${orgId}, 'Test')`),
  );
  return orgId;
}

export const RULE: BudgetRule = {
  id: 'policy/test/cap',
  scope: 'org',
  window: 'total',
  timezone: 'UTC',
  amount_usd: '1',
  hard: true,
  alert_percents: [],
  raises: [],
};

export function openNode(
  db: Database,
  part: {
    nodeId?: string;
    clock?: Clock;
    settings?: object;
    rule?: Partial<BudgetRule>;
    rules?: readonly BudgetRule[];
  } = {},
) {
  const rules = part.rules ?? [{ ...RULE, ...part.rule }];
  return openBudgets({
    db,
    nodeId: part.nodeId ?? id(),
    clock: part.clock ?? systemClock,
    settings: budgetSettings.parse(part.settings ?? {}),
    budgetsFor: () => rules,
    log: silent,
  });
}
export type Node = ReturnType<typeof openNode>;

export async function reserve(
  node: Node,
  principal: Principal,
  usd: string,
  more: Partial<Caller> = {},
): Promise<Reservation | undefined> {
  const matches = node.books.matching({ principal, prompt: undefined, tagHeader: undefined, ...more });
  const outcome = await node.books.reserve(
    matches,
    matches.map(() => parseUsd(usd)),
  );
  return outcome instanceof Reservation ? outcome : undefined;
}

/** The journal record of a settled request, as the audit house writes it. */
export function recordOf(
  orgId: string,
  held: Reservation,
  occurredAt = new Date().toISOString(),
  recordId = id(),
): { id: string; json: string } {
  const draws = held.draws.map((draw) => ({
    budget_id: draw.budgetId,
    subject_id: draw.subjectId,
    window_start: new Date(draw.windowStartMs).toISOString(),
    pico_usd: draw.picoUsd.toString(),
    lease_id: draw.leaseId ?? null,
    terms: draw.terms && {
      name: draw.terms.name,
      scope: draw.terms.scope,
      hard: draw.terms.hard,
      subject_name: draw.terms.subjectName,
      amount_pico_usd: draw.terms.amount.toString(),
      alert_percents: draw.terms.alertPercents,
      rolling_seconds: draw.terms.rollingSeconds,
      window_end: null,
    },
  }));
  const json = JSON.stringify({ id: recordId, org_id: orgId, occurred_at: occurredAt, draws });
  return { id: recordId, json };
}

export async function drain(
  node: Node,
  db: Database,
  records: readonly { id: string; json: string }[],
  fresh = new Set(records.map((record) => record.id)),
): Promise<void> {
  await db.write(async (tx) => {
    const batch = await openBatch(
      tx,
      records.map(({ json }) => json),
    );
    await node.sink.insert(tx, { ...batch, fresh });
  });
}

interface LedgerRow {
  settled: string;
  leased: string;
  leases: string;
}

export async function ledgerOf(db: Database): Promise<LedgerRow> {
  const result = (await db.write((tx) =>
    tx.execute(sql`SELECT settled_pico_usd / 1e12 AS settled, leased_pico_usd / 1e12 AS leased,
      (SELECT coalesce(sum(remaining_pico_usd), 0) FROM budget_leases) / 1e12 AS leases FROM budget_windows`),
  )) as unknown as { rows: LedgerRow[] };
  const row = result.rows[0] ?? { settled: '0', leased: '0', leases: '0' };
  return { settled: short(row.settled), leased: short(row.leased), leases: short(row.leases) };
}

export const short = (decimal: string): string => decimal.replace(/\.?0+$/, '') || '0';

export const setUp = async (t: Test) => {
  const { db } = await freshDatabase(t);
  const orgId = await organisation(db);
  return { db, orgId, principal: testPrincipal({ orgId, keyId: id() }) };
};
