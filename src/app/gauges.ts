/** What the houses know about themselves, as gauges that are read when they are scraped. */
import type { Drain } from '../storage/journal/drain.ts';
import { counted, gauge, type Metrics, type Together } from '../telemetry/metrics.ts';
import type { Houses } from './houses.ts';
import type { State } from './state.ts';
import type { Primary } from './workers/link.ts';
import { workerMetrics } from './workers/worker-metrics.ts';

export function gauges(
  metrics: Metrics,
  { journal, redis, nodes }: State,
  { policies, prompts, providers, budgets, counting }: Houses,
  drain: Drain,
  primary: Primary | undefined,
): void {
  if (primary === undefined) workerMetrics(metrics, { serving: () => 1, restarts: () => 0 });
  const now = (name: string, help: string, read: () => number, together?: Together): void =>
    gauge(metrics, name, help, read, together);
  const total = (name: string, help: string, read: () => number): void => counted(metrics, name, help, read);
  const { stats } = journal;

  now(
    'sluice_journal_pending_records',
    'Records that are not in PostgreSQL yet.',
    () => stats.pendingRecords,
  );
  now('sluice_journal_pending_bytes', 'Bytes of those records.', () => stats.pendingBytes);
  now(
    'sluice_journal_full',
    '1 while the journal takes no more records.',
    () => Number(stats.state === 'full'),
    'max',
  );
  now(
    'sluice_journal_unreadable_segments',
    'Segments that the system does not let us read.',
    () => stats.unreadableSegments,
  );
  total('sluice_journal_appended_records_total', 'Records written.', () => stats.appendedRecords);
  total('sluice_journal_lost_records_total', 'Records that could not be written.', () => stats.lostRecords);
  total(
    'sluice_journal_corrupt_regions_total',
    'Damaged stretches found and set aside.',
    () => stats.corruptRegions,
  );
  total(
    'sluice_journal_poison_records_total',
    'Records that PostgreSQL took only in a sanitised form.',
    () => stats.poisonRecords,
  );
  total(
    'sluice_journal_drained_records_total',
    'Records moved into PostgreSQL.',
    () => drain.stats.drainedRecords,
  );
  total('sluice_journal_drain_failures_total', 'Attempts to drain that failed.', () => drain.stats.failures);

  now(
    'sluice_policies_ok',
    '1 while the policies in force are what the files say.',
    () => Number(policies.state().ok),
    'min',
  );
  now(
    'sluice_policies_loaded_timestamp_seconds',
    'When the policies in force were loaded.',
    () => policies.state().loadedAtMs / 1000,
    'min',
  );
  now(
    'sluice_prompt_files_ok',
    '1 while the prompts in force are what the files say.',
    () => Number(prompts.fileError() === undefined),
    'min',
  );

  now(
    'sluice_redis_configured',
    '1 where this node is to share its counts through Redis.',
    () => Number(redis !== undefined),
    'max',
  );
  now(
    'sluice_redis_up',
    '1 while Redis is in use; 0 while this node counts by itself.',
    () => Number(redis?.state === 'up'),
    'min',
  );
  now('sluice_nodes_live', 'Nodes that run on this database, this one included.', () => nodes.count, 'max');
  total(
    'sluice_limits_counted_alone_total',
    'Requests whose limits were counted without Redis, because it did not answer: to a share of each limit.',
    () => counting.alone,
  );

  total(
    'sluice_budget_windows_beyond_total',
    'Hard budget windows settled beyond their amount.',
    () => budgets.stats.beyond,
  );
  total(
    'sluice_budget_alerts_total',
    'Alert thresholds of budgets that were passed; each is counted by one node, once per window.',
    () => budgets.stats.alerts,
  );
  total(
    'sluice_budget_leases_expired_total',
    'Leases of dead nodes that came back.',
    () => budgets.stats.expired,
  );
  total(
    'sluice_budget_ledger_unreachable_total',
    'Rounds of upkeep in which the ledger could not be reached.',
    () => budgets.stats.unreachable,
  );
  const keys = (): { keys: number; parked: number }[] =>
    [...providers.byName.values()].flatMap((provider) => provider.keys?.count() ?? []);
  now(
    'sluice_provider_keys',
    'Keys of providers, those of organisations included.',
    () => keys().reduce((sum, one) => sum + one.keys, 0),
    'max',
  );
  now(
    'sluice_provider_keys_parked',
    'Of these, keys that a provider refused or limited and that rest; of the worker with the most of them.',
    () => keys().reduce((sum, one) => sum + one.parked, 0),
    'max',
  );
}
