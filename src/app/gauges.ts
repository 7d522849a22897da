/** What the houses know about themselves, as gauges that are read when they are scraped. */
import type { Drain } from '../storage/journal/drain.ts';
import { gauge, type Metrics } from '../telemetry/metrics.ts';
import type { Houses } from './houses.ts';
import type { State } from './state.ts';

export function gauges(
  metrics: Metrics,
  { journal, redis }: State,
  { policies, budgets }: Houses,
  drain: Drain,
): void {
  const of = (name: string, help: string, read: () => number): void => gauge(metrics, name, help, read);
  of(
    'sluice_journal_pending_records',
    'Records that are not in PostgreSQL yet.',
    () => journal.stats.pendingRecords,
  );
  of('sluice_journal_pending_bytes', 'Bytes of those records.', () => journal.stats.pendingBytes);
  of('sluice_journal_full', '1 while the journal takes no more records.', () =>
    Number(journal.stats.state === 'full'),
  );
  of(
    'sluice_journal_lost_records',
    'Records that the journal could not take, since the start.',
    () => journal.stats.lostRecords,
  );
  of(
    'sluice_journal_corrupt_regions',
    'Damaged stretches found in the journal and set aside, since the start.',
    () => journal.stats.corruptRegions,
  );
  of(
    'sluice_journal_drained_records',
    'Records moved into PostgreSQL since the start.',
    () => drain.stats.drainedRecords,
  );
  of(
    'sluice_journal_drain_failures',
    'Attempts to drain that failed since the start.',
    () => drain.stats.failures,
  );
  of('sluice_policies_ok', '1 while the policies in force are what the files say.', () =>
    Number(policies.state().ok),
  );
  of(
    'sluice_policies_loaded_timestamp_seconds',
    'When the policies in force were loaded.',
    () => policies.state().loadedAtMs / 1000,
  );
  of(
    'sluice_redis_up',
    '1 while Redis is in use; 0 while each node counts by itself, or none is configured.',
    () => Number(redis?.state === 'up'),
  );
  of(
    'sluice_budget_windows_beyond',
    'Hard budget windows settled beyond their amount since the start.',
    () => budgets.stats.beyond,
  );
  of(
    'sluice_budget_leases_expired',
    'Leases of dead nodes that came back since the start.',
    () => budgets.stats.expired,
  );
  of(
    'sluice_budget_ledger_unreachable',
    'Rounds of upkeep in which the ledger could not be reached.',
    () => budgets.stats.unreachable,
  );
}
