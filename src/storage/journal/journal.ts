import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { asFault, Fault } from '../../core/fault.ts';
import type { Log } from '../log.ts';
import { frame } from './frame.ts';
import { type FolderLock, tryLock } from './lock.ts';
import { JournalReader } from './reader.ts';
import { LOCK_FILE, listSegments, QUARANTINE_DIR, RESERVE_FILE } from './segment.ts';
import { type JournalStats, newStats } from './stats.ts';
import { type Disk, SegmentWriter, systemDisk } from './writer.ts';

export interface JournalOptions {
  /** Holds one folder per node, and `quarantine/`. */
  readonly dir: string;
  /** Names the folder of this process: letters, digits, dot, dash and underscore. */
  readonly nodeId: string;
  /** process: in the kernel when `append` returns, survives kill -9. disk: on the disk, survives power loss. */
  readonly durability: 'process' | 'disk';
  readonly segmentBytes: number;
  /** Undrained bytes at which the journal is full. */
  readonly maxBytes: number;
  /** What happens when it is full. refuse: `admits` says no. count: records are lost, counted and reported. */
  readonly fullAction: 'refuse' | 'count';
  /** Disk space set aside for the records of requests that are under way when the disk is full. */
  readonly reserveBytes?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The record that reports a loss; appended when there is room again. */
  readonly describeLoss: (lostRecords: number) => string;
  readonly disk?: Disk;
}

type Faults = readonly (Fault | undefined)[];

const NO_FAULTS: Faults = [];

/** Records that are written together. */
interface Turn {
  readonly records: string[];
  /** By place in `records`, once they are written. */
  readonly faults: Promise<Faults>;
  /** Writes them now. */
  readonly end: () => void;
}

const NODE_ID = /^[\w.-]{1,100}$/;
const RESERVE_BYTES = 4 << 20;
const RECOVERY_INTERVAL_MS = 1000;
/** A disk that took nothing, not even in place of the reserve, is left alone for so long. */
const BROKEN_PAUSE_MS = 100;

/**
 * Opens the journal of this process, and what an earlier process of the same name left in it.
 * @throws Error when another process holds it
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, nodeId } = options;
  if (!NODE_ID.test(nodeId) || nodeId === QUARANTINE_DIR || /^\.+$/.test(nodeId)) {
    throw new Error(`not a node id: ${JSON.stringify(nodeId)}`);
  }
  const folder = join(dir, nodeId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = tryLock(join(folder, LOCK_FILE));
  if (!lock) {
    throw new Error(
      `the journal ${folder} is in use by another process; give each process a node id of its own`,
    );
  }
  const last = (await listSegments(folder)).at(-1) ?? 0;
  const writer = new SegmentWriter(
    folder,
    nodeId,
    last,
    options.segmentBytes,
    options.durability === 'disk',
    options.disk ?? systemDisk,
  );
  const stats = newStats();
  const reader = await JournalReader.open(folder, stats, options.log, () => writer.position());
  return new Journal(options, folder, lock, writer, reader, stats);
}

/** Where records are safe before the answer ends, until they are in Postgres. */
export class Journal {
  /** The node id. */
  readonly name: string;
  readonly stats: JournalStats;
  readonly reader: JournalReader;
  readonly #options: JournalOptions;
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #writer: SegmentWriter;
  #hasReserve = false;
  #reportedLoss = 0;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #brokeAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;
  #turn: Turn | undefined;

  /** Use `openJournal`. */
  constructor(
    options: JournalOptions,
    folder: string,
    lock: FolderLock,
    writer: SegmentWriter,
    reader: JournalReader,
    stats: JournalStats,
  ) {
    this.name = options.nodeId;
    this.#options = options;
    this.#folder = folder;
    this.#lock = lock;
    this.#writer = writer;
    this.reader = reader;
    this.stats = stats;
    this.#setReserve();
  }

  /**
   * Keeps one record: a JSON text as `JSON.stringify` writes it.
   * @returns a promise with durability `disk` only; it resolves when the record is on the disk
   * @throws Fault `journal_full` when it could not be written and the journal refuses rather than counts
   */
  append(json: string): void | Promise<void> {
    if (this.#closed) throw new Error('the journal is closed');
    const { maxBytes, fullAction, durability } = this.#options;
    if (this.stats.state === 'full') this.#recover();
    if (this.stats.pendingBytes >= maxBytes) {
      this.#fill('it holds as many undrained bytes as it may');
      if (fullAction === 'count') {
        this.stats.lostRecords += 1;
        return;
      }
      // Admission is closed; what is under way is still recorded.
    }
    if (!this.#write(frame(json), 1)) {
      this.stats.lostRecords += 1;
      if (fullAction === 'count') return;
      throw new Fault('journal_full', 'The request could not be recorded: the journal cannot be written to.');
    }
    if (durability === 'disk') return this.#synced();
  }

  /**
   * Like `append`, but in one write with everything that is appended in the same turn of the event loop: under
   * load a dozen requests end in one turn, and a system call each was 5 % of what a request costs.
   * @throws Fault as `append` does
   */
  async appendSoon(json: string): Promise<void> {
    if (this.#closed) throw new Error('the journal is closed');
    this.#turn ??= this.#newTurn();
    const turn = this.#turn;
    const place = turn.records.push(json) - 1;
    const fault = (await turn.faults)[place];
    if (fault !== undefined) throw fault;
    if (this.#options.durability === 'disk') await this.#synced();
  }

  /** Why no new request may begin; undefined when it may. Without I/O while all is well. */
  admits(): Fault | undefined {
    if (this.stats.state === 'ok' || this.#options.fullAction === 'count') return undefined;
    this.#recover();
    if (this.#isOk()) return undefined;
    return new Fault(
      'journal_full',
      'The gateway cannot record requests at the moment: its journal is full. Try again later.',
      { retryAfterMs: 5000 },
    );
  }

  /** Lets the next process have it. The folder goes when nothing in it is left to drain. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#turn?.end();
    this.#closed = true;
    // whoever waited for the disk was told of its failure; there is nobody left to tell
    if (this.#options.durability === 'disk') await this.#writer.synced().catch(() => undefined);
    this.#writer.close();
    rmSync(join(this.#folder, RESERVE_FILE), { force: true });
    if (this.stats.pendingBytes === 0 && this.reader.disposable) {
      await rm(this.#folder, { recursive: true, force: true });
    }
    this.#lock.release();
  }

  #newTurn(): Turn {
    const records: string[] = [];
    const { promise, resolve } = Promise.withResolvers<Faults>();
    const immediate = setImmediate(() => end());
    const end = (): void => {
      clearImmediate(immediate);
      this.#turn = undefined;
      resolve(this.#appendAll(records));
    };
    return { records, faults: promise, end };
  }

  /** All in one write where that is possible; else one by one, so that as many as possible are kept. */
  #appendAll(records: readonly string[]): Faults {
    const room = this.stats.state === 'ok' && this.stats.pendingBytes < this.#options.maxBytes;
    if (room && this.#tryWrite(records.map(frame).join(''), records.length)) return NO_FAULTS;
    return records.map((json) => {
      try {
        // whoever appended waits for the sync of durability `disk`, and hears of its failure
        Promise.resolve(this.append(json)).catch(() => undefined);
        return undefined;
      } catch (error) {
        return asFault(error);
      }
    });
  }

  #write(text: string, records: number): boolean {
    if (this.#isBroken()) return false;
    if (this.#tryWrite(text, records)) return true;
    if (this.#hasReserve) {
      this.#hasReserve = false;
      rmSync(join(this.#folder, RESERVE_FILE), { force: true });
      if (this.#tryWrite(text, records)) return true;
    }
    this.#brokeAtMs = this.#options.clock.elapsed();
    return false;
  }

  #tryWrite(text: string, records: number): boolean {
    const bytes = Buffer.byteLength(text);
    try {
      this.#writer.write(text, bytes);
      this.stats.appendedRecords += records;
      this.stats.pendingRecords += records;
      this.stats.pendingBytes += bytes;
      return true;
    } catch (error) {
      this.#fill(String(error));
      return false;
    }
  }

  #isBroken(): boolean {
    return this.stats.state === 'full' && this.#options.clock.elapsed() - this.#brokeAtMs < BROKEN_PAUSE_MS;
  }

  async #synced(): Promise<void> {
    try {
      await this.#writer.synced();
    } catch (error) {
      this.#hasReserve = false;
      this.#fill(String(error));
      if (this.#options.fullAction === 'refuse') {
        throw new Fault(
          'journal_full',
          'The request could not be recorded durably: the disk reports an error.',
        );
      }
    }
  }

  /** A method, since the compiler cannot know that `#recover` changes the state. */
  #isOk(): boolean {
    return this.stats.state === 'ok';
  }

  #fill(reason: string): void {
    if (this.stats.state === 'full') return;
    this.stats.state = 'full';
    this.#triedAtMs = this.#options.clock.elapsed();
    this.#options.log.error({ reason, action: this.#options.fullAction }, 'journal: full');
  }

  /** Back to normal when there is room: below the size, and the reserve can be set aside again. */
  #recover(): void {
    if (this.stats.pendingBytes >= this.#options.maxBytes) return;
    const nowMs = this.#options.clock.elapsed();
    if (!this.#hasReserve && nowMs - this.#triedAtMs < RECOVERY_INTERVAL_MS) return;
    this.#triedAtMs = nowMs;
    if (!this.#hasReserve && !this.#setReserve()) return;
    this.stats.state = 'ok';
    const lost = this.stats.lostRecords - this.#reportedLoss;
    this.#options.log.warn({ lost }, 'journal: there is room again');
    if (lost === 0) return;
    this.#reportedLoss = this.stats.lostRecords;
    // It is counted like any other record when it is lost itself.
    this.#reportLoss(lost).catch(() => undefined);
  }

  async #reportLoss(lost: number): Promise<void> {
    await this.append(this.#options.describeLoss(lost));
  }

  #setReserve(): boolean {
    const path = join(this.#folder, RESERVE_FILE);
    try {
      writeFileSync(path, Buffer.alloc(this.#options.reserveBytes ?? RESERVE_BYTES), { mode: 0o600 });
      this.#hasReserve = true;
    } catch {
      rmSync(path, { force: true });
      this.#hasReserve = false;
    }
    return this.#hasReserve;
  }
}
