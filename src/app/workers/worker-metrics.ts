import { counted, gauge, type Metrics } from '../../telemetry/metrics.ts';

/** What a node says of its workers; kept by the primary, or by the one process that is the whole node. */
export function workerMetrics(
  metrics: Pick<Metrics, 'registry'>,
  { serving, restarts }: { readonly serving: () => number; readonly restarts: () => number },
): void {
  gauge(metrics, 'sluice_workers', 'Processes that serve the port.', serving);
  counted(metrics, 'sluice_worker_restarts_total', 'Workers that ended and were started again.', restarts);
}
