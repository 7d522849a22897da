import type { Database } from '../database.ts';
import type { Log } from '../log.ts';
import { sqlState } from '../query-error.ts';
import type { DrainSource, Orphan } from './adopt.ts';
import { isDataError } from './data-error.ts';
import type { JournalReader } from './reader.ts';
import { openBatch, type Sink } from './sink.ts';

export interface DrainOptions {
  /** The journal of this process; closed by whoever opened it, after `stop`. */
  readonly journal: DrainSource;
  /** From `adoptJournals`; closed here as soon as they are empty. */
  readonly orphans?: readonly Orphan[];
  /** Everything that this dead node recorded is in Postgres: what it held may be taken back. */
  readonly onOrphanDrained?: (nodeId: string) => void | Promise<void>;
  readonly db: Pick<Database, 'write'>;
  /** In this order, in one transaction per batch. */
  readonly sinks: readonly Sink[];
  /**
   * What to store in place of a record that Postgres refuses: tried in order, until one is taken. The record
   * itself goes to the quarantine folder.
   */
  readonly salvage: (record: string, reason: string) => readonly string[];
  readonly batchRecords?: number;
  readonly batchBytes?: number;
  /** Pause after a batch that was not full, so that records gather. */
  readonly intervalMs?: number;
  /** Longest pause between two attempts while Postgres is away. */
  readonly retryMaxMs?: number;
  readonly log: Log;
}

export interface DrainStats {
  /** retrying: Postgres is away or refuses; records wait in the journal. */
  state: 'ok' | 'retrying';
  drainedRecords: number;
  /** Failed attempts since the start. */
  failures: number;
}

const BATCH_RECORDS = 2000;
const BATCH_BYTES = 2 << 20;
const INTERVAL_MS = 200;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 5000;

/** Of one batch: `full` says that there is probably more. */
type Found = 'nothing' | 'some' | 'full';

/** Begins to move records from journals into Postgres, until it is stopped. */
export function startDrain(options: DrainOptions): Drain {
  return new Drain(options);
}

export class Drain {
  readonly stats: DrainStats = { state: 'ok', drainedRecords: 0, failures: 0 };
  readonly #options: DrainOptions;
  readonly #orphans: Orphan[];
  readonly #running: Promise<void>;
  #stopped = false;
  /** Flushes that wait for empty journals. */
  #waiting: (() => void)[] = [];
  #wake: () => void = () => undefined;
  #woken = false;
  #retryMs = 0;

  /** Use `startDrain`. */
  constructor(options: DrainOptions) {
    this.#options = options;
    this.#orphans = [...(options.orphans ?? [])];
    this.#running = this.#run();
  }

  /**
   * Drains what is there now without pausing between batches.
   * @returns false when the time was too short; the rest stays in the journal
   */
  async flush(timeoutMs: number): Promise<boolean> {
    const empty = new Promise<boolean>((resolve) => this.#waiting.push(() => resolve(true)));
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), timeoutMs);
    this.#nudge();
    try {
      return await Promise.race([empty, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends after the batch under way; orphans go back for the next process. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#nudge();
    await this.#running;
    for (const orphan of this.#orphans.splice(0)) await orphan.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const waiting = [...this.#waiting];
      try {
        const found = await this.#round();
        this.#retryMs = 0;
        this.stats.state = 'ok';
        if (found === 'full') continue;
        if (found === 'nothing') {
          this.#waiting = this.#waiting.filter((wait) => !waiting.includes(wait));
          for (const done of waiting) done();
        }
        if (this.#waiting.length === 0) await this.#pause(this.#options.intervalMs ?? INTERVAL_MS);
      } catch (error) {
        this.#failed(error);
        await this.#pause(this.#retryMs);
      }
    }
  }

  /** One batch of each journal. */
  async #round(): Promise<Found> {
    let most = await this.#batch(this.#options.journal.reader);
    for (const orphan of [...this.#orphans]) {
      const found = await this.#batch(orphan.reader);
      if (found === 'full' || most === 'nothing') most = found;
      if (found === 'nothing') await this.#bury(orphan);
    }
    return most;
  }

  async #bury(orphan: Orphan): Promise<void> {
    if (orphan.reader.disposable) await this.#options.onOrphanDrained?.(orphan.nodeId);
    this.#orphans.splice(this.#orphans.indexOf(orphan), 1);
    await orphan.close();
  }

  async #batch(reader: JournalReader): Promise<Found> {
    const { batchRecords = BATCH_RECORDS, batchBytes = BATCH_BYTES } = this.#options;
    const chunk = await reader.next(batchRecords, batchBytes);
    if (!chunk) return 'nothing';
    if (chunk.records.length > 0) await this.#store(chunk.records, reader);
    await reader.commit(chunk);
    this.stats.drainedRecords += chunk.records.length;
    return chunk.records.length >= batchRecords || chunk.bytes >= batchBytes / 2 ? 'full' : 'some';
  }

  /** All of them; where one is refused for what it holds, halves find out which. */
  async #store(records: readonly string[], reader: JournalReader): Promise<void> {
    try {
      await this.#insert(records);
    } catch (error) {
      if (!isDataError(error)) throw error;
      const [only] = records;
      if (records.length === 1 && only !== undefined) return this.#salvage(only, error, reader);
      const middle = records.length >> 1;
      await this.#store(records.slice(0, middle), reader);
      await this.#store(records.slice(middle), reader);
    }
  }

  async #insert(records: readonly string[]): Promise<void> {
    await this.#options.db.write(async (tx) => {
      // A transaction may be tried again: what is fresh is asked anew.
      const batch = await openBatch(tx, records);
      for (const sink of this.#options.sinks) await sink.insert(tx, batch);
    });
  }

  async #salvage(record: string, refusal: unknown, reader: JournalReader): Promise<void> {
    const reason = sqlState(refusal) ?? 'unknown';
    for (const substitute of this.#options.salvage(record, reason)) {
      try {
        await this.#insert([substitute]);
        break;
      } catch (error) {
        if (!isDataError(error)) throw error;
      }
    }
    await reader.quarantinePoison(record, reason);
  }

  #failed(error: unknown): void {
    this.stats.failures += 1;
    if (this.stats.state === 'ok') {
      this.#options.log.error(
        { error: String(error), sqlState: sqlState(error) },
        'drain: failed, trying again',
      );
    }
    this.stats.state = 'retrying';
    this.#retryMs = Math.min(
      Math.max(RETRY_FIRST_MS, this.#retryMs * 2),
      this.#options.retryMaxMs ?? RETRY_MAX_MS,
    );
  }

  #nudge(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Ends early when nudged, also by a nudge that came just before. */
  async #pause(ms: number): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#woken = false;
  }
}
