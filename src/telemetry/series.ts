/**
 * Counters and histograms of the request path. prom-client hashes the labels again with every observation, which
 * was measured at 10 µs a request; these are found once and then only add. prom-client still writes them out.
 */
import type { Metric, Registry } from 'prom-client';

export class Counter {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

export class Histogram {
  readonly #bounds: readonly number[];
  /** Observations per bucket, not cumulative; the last one is beyond every bound. */
  readonly counts: number[];
  sum = 0;

  /** @param bounds upper bounds, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
    this.sum += value;
  }
}

const OTHER = 'other';

/** A tree by label values: looking one up joins no strings, which was half of what a request's metrics cost. */
class Branch<Series> {
  readonly next = new Map<string, Branch<Series>>();
  series: Series | undefined;
}

/** The series of one metric by their label values: at most `limit`, for a metric must not grow without end. */
export class Family<Series> {
  readonly labelNames: readonly string[];
  readonly #make: () => Series;
  readonly #limit: number;
  readonly #root = new Branch<Series>();
  readonly #all: { readonly labels: Readonly<Record<string, string>>; readonly series: Series }[] = [];

  constructor(labelNames: readonly string[], make: () => Series, limit = 1000) {
    this.labelNames = labelNames;
    this.#make = make;
    this.#limit = limit;
  }

  /** The series of these values, in the order of the names; past the limit, the one whose values are all `other`. */
  of(...values: readonly string[]): Series {
    let branch: Branch<Series> | undefined = this.#root;
    for (let at = 0; at < values.length && branch !== undefined; at++)
      branch = branch.next.get(values[at] as string);
    return branch?.series ?? this.#add(values);
  }

  #add(values: readonly string[]): Series {
    if (this.#all.length >= this.#limit && !values.every((value) => value === OTHER))
      return this.of(...values.map(() => OTHER));
    const series = this.#make();
    let branch = this.#root;
    for (const value of values) {
      const next = branch.next.get(value) ?? new Branch<Series>();
      branch.next.set(value, next);
      branch = next;
    }
    branch.series = series;
    this.#all.push({
      labels: Object.fromEntries(this.labelNames.map((n, i) => [n, values[i] ?? ''])),
      series,
    });
    return series;
  }

  all(): readonly { readonly labels: Readonly<Record<string, string>>; readonly series: Series }[] {
    return this.#all;
  }
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function registerCounter(
  registry: Registry,
  name: string,
  help: string,
  family: Family<Counter>,
): void {
  register(registry, name, help, 'counter', () =>
    family.all().map(({ labels, series }) => ({ metricName: name, labels, value: series.value })),
  );
}

export function registerHistogram(
  registry: Registry,
  name: string,
  help: string,
  bounds: readonly number[],
  family: Family<Histogram>,
): void {
  register(registry, name, help, 'histogram', () =>
    family.all().flatMap(({ labels, series }) => {
      let seen = 0;
      const buckets = series.counts.map((count, index): Sample => {
        seen += count;
        return {
          metricName: `${name}_bucket`,
          labels: { ...labels, le: String(bounds[index] ?? '+Inf') },
          value: seen,
        };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: series.sum },
        { metricName: `${name}_count`, labels, value: seen },
      ];
    }),
  );
}

function register(
  registry: Registry,
  name: string,
  help: string,
  type: 'counter' | 'histogram',
  samples: () => Sample[],
): void {
  const get = async () => ({ name, help, type, aggregator: 'sum', values: samples() });
  // The registry asks a metric for no more than this; its declared type is the classes of prom-client.
  registry.registerMetric({ name, help, type, aggregator: 'sum', get } as unknown as Metric);
}
