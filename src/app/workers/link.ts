import type { Demo } from '../../identity/setup.ts';
import { type Counter, type Health, remoteCounter } from '../../limits/index.ts';
import type { Crew, ToPrimary, ToWorker } from './messages.ts';
import type { Report } from './node-metrics.ts';

/** What a worker has of its primary. */
export interface Primary {
  /** All workers together are this one node. */
  readonly nodeName: string;
  readonly crew: Crew;
  /** Counts for all workers. */
  readonly counter: Counter & Health;
  /** The metrics of the whole node, in Prometheus' text format. */
  scrape(): Promise<string>;
  /** Answers the primary when it asks for this worker's own. */
  reportFrom(report: () => Promise<Report>): void;
}

/** A worker's end of the pipe to its primary. */
export interface Link {
  /** The first message. */
  readonly start: Promise<Extract<ToWorker, { kind: 'start' }>>;
  /** Resolves when the primary wants this worker to end. */
  readonly stop: Promise<void>;
  /** Only after `start`. */
  primary(): Promise<Primary>;
  demo(demo: Demo): void;
  ready(origin: string): void;
  /** Resolves when it was said. */
  failed(words: string): Promise<void>;
}

/** The primary takes a worker for stuck that was not heard of for thirty of these. */
const ALIVE_MS = 1_000;

export function openLink(): Link {
  const started = Promise.withResolvers<Extract<ToWorker, { kind: 'start' }>>();
  const stopped = Promise.withResolvers<void>();
  let crew: Crew = { serving: 0, wanted: 0 };
  let report: (() => Promise<Report>) | undefined;
  const asked = new Map<number, (answer: never) => void>();
  let lastId = 0;

  // a primary that is gone takes this process with it: nobody hears what it did not get
  const say = (message: ToPrimary): boolean | undefined =>
    process.send?.(message, undefined, {}, () => undefined);
  const ask = <T>(message: (id: number) => ToPrimary): Promise<T> =>
    new Promise((resolve) => {
      const id = ++lastId;
      asked.set(id, resolve);
      say(message(id));
    });
  const answered = (id: number, answer: unknown): void => {
    asked.get(id)?.(answer as never);
    asked.delete(id);
  };

  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'start':
        crew = message.crew;
        return started.resolve(message);
      case 'crew':
        crew = message.crew;
        return;
      case 'counted':
        return answered(message.id, message.answer);
      case 'scraped':
        return answered(message.id, message.text);
      case 'report':
        return void report?.().then((own) => say({ kind: 'reported', id: message.id, report: own }));
      case 'stop':
        return stopped.resolve();
    }
  });
  setInterval(() => say({ kind: 'alive' }), ALIVE_MS).unref();

  return {
    start: started.promise,
    stop: stopped.promise,
    async primary() {
      const { nodeName } = await started.promise;
      return {
        nodeName,
        get crew() {
          return crew;
        },
        counter: remoteCounter((batch) => ask((id) => ({ kind: 'count', id, batch }))),
        scrape: () => ask((id) => ({ kind: 'scrape', id })),
        reportFrom(source) {
          report = source;
        },
      };
    },
    demo: (demo) => void say({ kind: 'demo', demo }),
    ready: (origin) => void say({ kind: 'ready', origin }),
    failed: (words) =>
      new Promise((resolve) => {
        process.send?.({ kind: 'failed', words } satisfies ToPrimary, undefined, {}, () => resolve());
      }),
  };
}
