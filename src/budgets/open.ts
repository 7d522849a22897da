import type { Clock } from '../core/clock.ts';
import { uuidv7 } from '../core/ids.ts';
import { parseUsd } from '../core/money.ts';
import type { Principal } from '../identity/index.ts';
import type { Changes, Database } from '../storage/database.ts';
import type { Sink } from '../storage/journal/sink.ts';
import type { Log } from '../storage/log.ts';
import { Books } from './books.ts';
import { loadDefinitions } from './definitions.ts';
import type { BudgetRule } from './rule.ts';
import type { BudgetSettings } from './settings.ts';
import { expireLeases, postgresLedger, reclaimLeases } from './store-leases.ts';
import { drawsOf, settleDraws } from './store-settlement.ts';
import { rollOffAll } from './store-windows.ts';

export interface BudgetDeps {
  readonly db: Database;
  /** Names this start of this process: a restarted node is a new one, and the old one's leases are reclaimed. */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly settings: BudgetSettings;
  readonly budgetsFor: (principal: Principal) => readonly BudgetRule[];
  readonly log: Log;
}

export interface BudgetHouse {
  readonly books: Books;
  /** Settles drained records in the ledger; must run after the sink that fills `batch.fresh`. */
  readonly sink: Sink;
  readonly stats: BudgetStats;
  /** Follows the table `budgets`. */
  watch(changes: Changes): Promise<void>;
  /** Begins the upkeep of leases, once a second. */
  start(): void;
  /** One round of upkeep; for tests, and what `start` repeats. */
  upkeep(): Promise<void>;
  /** Returns what is left of leases whose nodes are gone. */
  expire(): Promise<number>;
  /** Returns the leases of a dead node at once; only when its journal has been drained to its end. */
  reclaim(deadNodeId: string): Promise<number>;
  /** At shutdown, when all requests have settled: ends the upkeep and gives all leases back. */
  close(): Promise<void>;
}

/** For metrics; plain numbers. */
export interface BudgetStats {
  /** Times a hard window was found beyond its amount when it was settled: see docs/budgets.md. */
  beyond: number;
  /** Thresholds of budgets that this node was the first to find passed. */
  alerts: number;
  /** Leases of dead nodes that came back. */
  expired: number;
  /** Rounds of upkeep in which the ledger could not be reached. */
  unreachable: number;
}

const UPKEEP_MS = 1_000;
/** Leases are renewed this often within their life. */
const RENEWALS_PER_TTL = 8;

export function openBudgets(deps: BudgetDeps): BudgetHouse {
  const { db, clock, settings, log } = deps;
  const leaseTtlMs = settings.lease_ttl_seconds * 1000;
  const ledger = postgresLedger(db, deps.nodeId, leaseTtlMs);
  const books = new Books({
    ledger,
    clock,
    newId: () => uuidv7(clock.now()),
    leaseTtlMs,
    patienceMs: settings.ledger_patience_ms,
    budgetsFor: deps.budgetsFor,
    outageAllowance:
      settings.on_ledger_outage === 'allow' ? parseUsd(settings.outage_allowance_usd) : undefined,
  });
  const stats: BudgetStats = { beyond: 0, alerts: 0, expired: 0, unreachable: 0 };
  let renewedMs = clock.elapsed();
  let timer: NodeJS.Timeout | undefined;
  /** The round under way: one that a slow ledger holds up is not followed by all that would have come meanwhile. */
  let round: Promise<void> | undefined;

  const renew = async (): Promise<void> => {
    const askedMs = clock.elapsed();
    if (askedMs - renewedMs < leaseTtlMs / RENEWALS_PER_TTL) return;
    const held = [...books.accounts].flatMap((account) => {
      const { renewal } = account;
      return renewal === undefined ? [] : [{ account, renewal }];
    });
    const remaining = await ledger.renew(held.map(({ renewal }) => renewal.leaseId));
    for (const { account, renewal } of held)
      account.renewed(renewal, remaining.get(renewal.leaseId), askedMs);
    renewedMs = askedMs;
    stats.expired += await expireLeases(db);
    await rollOffAll(db);
    books.endOutage();
  };

  let reachable = true;
  const upkeep = async (): Promise<void> => {
    try {
      await renew();
      reachable = true;
      for (const account of books.accounts) {
        const over = clock.now() >= account.window.endMs;
        if (!over) await account.tidy();
        else if (account.idle) {
          await account.giveBack(0n);
          books.forget(account);
        }
      }
    } catch (error) {
      stats.unreachable += 1;
      if (reachable) log.warn({ error: (error as Error).message }, 'the budget ledger cannot be reached');
      reachable = false;
    } finally {
      books.trim();
    }
  };

  return {
    books,
    stats,
    sink: {
      name: 'budgets',
      async insert(tx, batch) {
        if (batch.fresh.size === 0 || !batch.json.includes('"draws":[{')) return;
        const { beyond, alerts } = await settleDraws(tx, await drawsOf(tx, batch.source, [...batch.fresh]));
        stats.beyond += beyond;
        stats.alerts += alerts;
      },
    },
    watch: (changes) =>
      changes.watch('budgets', async () => books.replaceDefinitions(await loadDefinitions(db))),
    start() {
      timer = setInterval(() => {
        round ??= upkeep().finally(() => {
          round = undefined;
        });
      }, UPKEEP_MS);
      timer.unref();
    },
    upkeep,
    expire: () => expireLeases(db),
    reclaim: (deadNodeId) => reclaimLeases(db, deadNodeId),
    async close() {
      clearInterval(timer);
      await round;
      for (const account of books.accounts) await account.close();
    },
  };
}
