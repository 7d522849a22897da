import { AggregatorRegistry, type Registry } from 'prom-client';

/** The metrics of one process as prom-client writes them down. */
export type Report = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** Only these count from the start of a process, so only they must not go down when it ends. */
const CUMULATIVE: ReadonlySet<unknown> = new Set(['counter', 'histogram', 'summary']);

/** The metrics of all workers as those of one node. */
export class NodeMetrics {
  readonly #last = new Map<number, Report>();
  #departed: Report = [];

  /** What a worker counts now; stands until its next report. */
  report(worker: number, report: Report): void {
    this.#last.set(worker, report);
  }

  /** The worker has ended: what it counted stays in the sums, as of its last report. */
  async depart(worker: number): Promise<void> {
    const last = this.#last.get(worker);
    this.#last.delete(worker);
    if (last === undefined) return;
    const counted = last.filter(({ type }) => CUMULATIVE.has(type));
    this.#departed = await AggregatorRegistry.aggregate([this.#departed, counted]).getMetricsAsJSON();
  }

  /** In Prometheus' text format. @param own of the process that asks */
  text(own: Report): Promise<string> {
    return AggregatorRegistry.aggregate([...this.#last.values(), this.#departed, own]).metrics();
  }
}
