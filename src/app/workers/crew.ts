import cluster, { type Worker } from 'node:cluster';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/index.ts';
import type { Clock } from '../../core/clock.ts';
import type { Demo } from '../../identity/setup.ts';
// the counter alone: the house would bring in the others, and a primary is to stay small
import { memoryCounter } from '../../limits/memory.ts';
import { CounterHost } from '../../limits/remote.ts';
import type { Log } from '../../telemetry/log.ts';
import { Explained } from '../commands/command.ts';
import { wholeLines } from './lines.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { Scraper } from './scraper.ts';
import { workerMetrics } from './worker-metrics.ts';

export interface CrewOptions {
  readonly count: number;
  /** Of each worker. */
  readonly config: Config;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly output: (lines: string) => void;
  readonly onDemo: (demo: Demo) => void;
}

/** A place that is filled again when its worker ends. */
interface Place {
  readonly number: number;
  worker: Worker | undefined;
  host: CounterHost;
  state: 'away' | 'starting' | 'serving';
  readySinceMs: number;
  /** Ends in a row, each soon after its start. */
  failures: number;
  /** Ticks of the primary in which nothing was heard. */
  silentTicks: number;
  restart: NodeJS.Timeout | undefined;
  /** Resolves when the worker that runs now serves or has ended. */
  settled: PromiseWithResolvers<string | undefined>;
}

const RESTART_FIRST_MS = 100;
const RESTART_MOST_MS = 30_000;
/** A worker that served for so long did not fail at its start. */
const STEADY_MS = 30_000;
const TICK_MS = 1_000;
const STUCK_TICKS = 30;

/** The workers of a node: as many as are wanted, whatever happens to them. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #places: Place[];
  readonly #counter;
  readonly #scraper = new Scraper();
  readonly #ticking: NodeJS.Timeout;
  #restarts = 0;
  #refusal: string | undefined;
  #stopping = false;
  #empty: () => void = () => undefined;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#counter = memoryCounter(options.clock);
    this.#places = Array.from({ length: options.count }, (_, index) => this.#newPlace(index + 1));
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      exec: fileURLToPath(new URL('./worker.ts', import.meta.url)),
      args: [],
      serialization: 'advanced',
      // what workers log is put together from whole lines: blocks of several writers would tear each other
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    workerMetrics(this.#scraper, { serving: () => this.#serving, restarts: () => this.#restarts });
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
  }

  /**
   * The first worker comes alone: it adopts what dead ones left behind, and what is wrong with the configuration is
   * said once. @returns where all of them serve
   * @throws Explained when the first one cannot start
   */
  async start(): Promise<string> {
    const [first, ...others] = this.#places;
    const origin = first && (await this.#fill(first));
    if (origin === undefined)
      throw new Explained(this.#refusal ?? 'sluice: the first worker ended before it served');
    await Promise.all(others.map((place) => this.#fill(place)));
    return origin;
  }

  /** Lets all of them end by themselves; what takes longer is killed. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#ticking);
    const ended = new Promise<void>((resolve) => {
      this.#empty = resolve;
    });
    for (const place of this.#places) {
      clearTimeout(place.restart);
      if (place.worker !== undefined) tell(place.worker, { kind: 'stop' });
    }
    const impatience = setTimeout(() => {
      for (const { worker } of this.#places) worker?.process.kill('SIGKILL');
    }, patienceMs);
    if (this.#places.some(({ worker }) => worker !== undefined)) await ended;
    clearTimeout(impatience);
  }

  #newPlace(number: number): Place {
    return {
      number,
      worker: undefined,
      host: new CounterHost(this.#counter),
      state: 'away',
      readySinceMs: 0,
      failures: 0,
      silentTicks: 0,
      restart: undefined,
      settled: Promise.withResolvers(),
    };
  }

  get #serving(): number {
    return this.#places.filter(({ state }) => state === 'serving').length;
  }

  /** @returns where the new worker serves; undefined where it ended before */
  #fill(place: Place): Promise<string | undefined> {
    const worker = cluster.fork();
    const { config, nodeName, output } = this.#options;
    place.worker = worker;
    place.state = 'starting';
    place.silentTicks = 0;
    place.settled = Promise.withResolvers();
    worker.on('message', (message: ToPrimary) => this.#hear(place, worker, message));
    worker.on('error', (error) =>
      this.#options.log.warn({ worker: place.number, error: error.message }, 'worker'),
    );
    worker.once('exit', (code, signal) => this.#ended(place, signal ?? code));
    wholeLines(worker.process.stdout as Readable, output);
    tell(worker, { kind: 'start', config, nodeName, crew: this.#crew() });
    return place.settled.promise;
  }

  #hear(place: Place, worker: Worker, message: ToPrimary): void {
    place.silentTicks = 0;
    switch (message.kind) {
      case 'alive':
        return;
      case 'count':
        return tell(worker, { kind: 'counted', id: message.id, answer: place.host.answer(message.batch) });
      case 'scrape':
        return void this.#scrape().then((text) => tell(worker, { kind: 'scraped', id: message.id, text }));
      case 'reported':
        return this.#scraper.reported(place.number, message.id, message.report);
      case 'demo':
        return this.#options.onDemo(message.demo);
      case 'failed':
        this.#refusal = message.words;
        return;
      case 'ready':
        place.state = 'serving';
        place.readySinceMs = this.#options.clock.elapsed();
        this.#tellCrew();
        return place.settled.resolve(message.origin);
    }
  }

  #ended(place: Place, how: string | number): void {
    const { log, clock } = this.#options;
    const steady = place.state === 'serving' && clock.elapsed() - place.readySinceMs >= STEADY_MS;
    const first = this.#serving === 0 && place.state === 'starting';
    place.worker = undefined;
    place.state = 'away';
    place.host.release();
    place.settled.resolve(undefined);
    this.#scraper.depart(place.number);
    if (this.#stopping) {
      if (this.#places.every(({ worker }) => worker === undefined)) this.#empty();
      return;
    }
    this.#tellCrew();
    if (first && this.#restarts === 0) return;
    place.failures = steady ? 0 : place.failures + 1;
    const delayMs = Math.min(RESTART_FIRST_MS * 2 ** Math.max(0, place.failures - 1), RESTART_MOST_MS);
    log.error(
      { worker: place.number, how, delayMs, said: this.#refusal },
      'a worker ended; another one takes its place',
    );
    this.#refusal = undefined;
    place.restart = setTimeout(() => {
      this.#restarts += 1;
      void this.#fill(place);
    }, delayMs);
  }

  /** Counts its own ticks, not time: a machine that slept finds nobody stuck. */
  #tick(): void {
    for (const place of this.#places) {
      if (place.worker === undefined || ++place.silentTicks < STUCK_TICKS) continue;
      this.#options.log.error({ worker: place.number }, 'a worker is stuck and is killed');
      place.silentTicks = 0;
      place.worker.process.kill('SIGKILL');
    }
  }

  #crew() {
    return { serving: this.#serving, wanted: this.#options.count };
  }

  #tellCrew(): void {
    for (const { worker } of this.#places)
      if (worker !== undefined) tell(worker, { kind: 'crew', crew: this.#crew() });
  }

  #scrape(): Promise<string> {
    const serving = this.#places.filter(({ state }) => state === 'serving');
    const byNumber = new Map(serving.map(({ number, worker }) => [number, worker]));
    return this.#scraper.scrape([...byNumber.keys()], (number, id) => {
      const worker = byNumber.get(number);
      if (worker !== undefined) tell(worker, { kind: 'report', id });
    });
  }
}

/** To a worker that has just ended nothing is said: its exit is on its way. */
function tell(worker: Worker, message: ToWorker): void {
  worker.process.send?.(message, undefined, {}, () => undefined);
}
