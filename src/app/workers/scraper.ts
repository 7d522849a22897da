import { Registry } from 'prom-client';
import { NodeMetrics, type Report } from './node-metrics.ts';

/** A worker that is too busy to report counts as it did before. */
const PATIENCE_MS = 1_000;

interface Scrape {
  readonly missing: Set<number>;
  readonly complete: () => void;
}

/** Asks all workers what they count, and adds it up. */
export class Scraper {
  /** Of the primary itself. */
  readonly registry = new Registry();
  readonly #metrics = new NodeMetrics();
  readonly #scrapes = new Map<number, Scrape>();
  #lastId = 0;

  /**
   * @param workers that serve now
   * @param ask begins to ask one of them
   */
  async scrape(workers: readonly number[], ask: (worker: number, id: number) => void): Promise<string> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, PATIENCE_MS);
    this.#scrapes.set(id, { missing: new Set(workers), complete: resolve });
    for (const worker of workers) ask(worker, id);
    await promise;
    clearTimeout(patience);
    this.#scrapes.delete(id);
    return this.#metrics.text(await this.registry.getMetricsAsJSON());
  }

  reported(worker: number, id: number, report: Report): void {
    this.#metrics.report(worker, report);
    this.#heard(worker, id);
  }

  /** It has ended, and answers nothing any more. */
  depart(worker: number): void {
    void this.#metrics.depart(worker);
    for (const id of this.#scrapes.keys()) this.#heard(worker, id);
  }

  #heard(worker: number, id: number): void {
    const scrape = this.#scrapes.get(id);
    scrape?.missing.delete(worker);
    if (scrape?.missing.size === 0) scrape.complete();
  }
}
