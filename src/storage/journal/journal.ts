import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/fault.ts';
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
    const text = frame(json);
    const bytes = Buffer.byteLength(text);
    if (!this.#write(text, bytes)) {
      this.stats.lostRecords += 1;
      if (fullAction === 'count') return;
      throw new Fault('journal_full', 'The request could not be recorded: the journal cannot be written to.');
    }
    this.stats.appendedRecords += 1;
    this.stats.pendingRecords += 1;
    this.stats.pendingBytes += bytes;
    if (durability === 'disk') return this.#synced();
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

  #write(text: string, bytes: number): boolean {
    if (this.#isBroken()) return false;
    if (this.#tryWrite(text, bytes)) return true;
    if (this.#hasReserve) {
      this.#hasReserve = false;
      rmSync(join(this.#folder, RESERVE_FILE), { force: true });
      if (this.#tryWrite(text, bytes)) return true;
    }
    this.#brokeAtMs = this.#options.clock.elapsed();
    return false;
  }

  #tryWrite(text: string, bytes: number): boolean {
    try {
      this.#writer.write(text, bytes);
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
