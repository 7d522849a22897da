import { mkdir, open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Log } from '../log.ts';
import { frame, type Region, scan } from './frame.ts';
import {
  CURSOR_FILE,
  firstRecord,
  listSegments,
  type Position,
  QUARANTINE_DIR,
  segmentPath,
} from './segment.ts';
import type { JournalStats } from './stats.ts';

const RS = 0x1e;
/** More than a header. */
const READ_BYTES_MIN = 4096;

/** What `next` found; `commit` it when it is safe elsewhere, else the same comes again. */
export interface Chunk {
  readonly records: readonly string[];
  /** Bytes of the journal that it covers, damage included. */
  readonly bytes: number;
  readonly from: Position;
  readonly upTo: Position;
  readonly damage: readonly { readonly start: number; readonly bytes: Buffer }[];
}

/**
 * Reads a journal folder from where the cursor stands. The cursor is a convenience: when it is lost, records
 * come twice and the sinks are idempotent.
 */
export class JournalReader {
  readonly #dir: string;
  readonly #stats: JournalStats;
  readonly #log: Log;
  readonly #written: () => Position | undefined;
  /** Segments that cannot be read. */
  readonly #skipped = new Set<number>();
  /** Segments that are not deleted, because they hold the only copy of something. */
  readonly #kept = new Set<number>();
  #position: Position;

  private constructor(
    dir: string,
    stats: JournalStats,
    log: Log,
    written: () => Position | undefined,
    position: Position,
  ) {
    this.#dir = dir;
    this.#stats = stats;
    this.#log = log;
    this.#written = written;
    this.#position = position;
  }

  /**
   * Counts what earlier processes left behind into `stats`.
   * @param written where the writer of this folder stands; undefined where there is none
   */
  static async open(
    dir: string,
    stats: JournalStats,
    log: Log,
    written: () => Position | undefined = () => undefined,
  ): Promise<JournalReader> {
    const segments = await listSegments(dir);
    const cursor = await loadCursor(dir);
    const [lowest = 0] = segments;
    // Drained segments are deleted, so one below the cursor was kept: it could not be read then; try again.
    const position = lowest < cursor.segment ? { segment: lowest, offset: 0 } : cursor;
    for (const segment of segments) {
      if (segment < position.segment) continue;
      // only counted here: reading it will report it as unreadable
      const bytes = await readFile(segmentPath(dir, segment)).catch(() => Buffer.alloc(0));
      const start =
        segment === position.segment && position.offset > 0 ? position.offset : firstRecord(bytes);
      if (start === undefined) continue;
      stats.pendingBytes += Math.max(0, bytes.length - start);
      for (let at = bytes.indexOf(RS, start); at >= 0; at = bytes.indexOf(RS, at + 1)) {
        stats.pendingRecords += 1;
      }
    }
    return new JournalReader(dir, stats, log, written, position);
  }

  /** True when the whole folder may be deleted once everything is committed. */
  get disposable(): boolean {
    return this.#kept.size === 0;
  }

  /** The next records, about `maxBytes` of them; undefined when everything written so far was committed. */
  async next(maxRecords: number, maxBytes: number): Promise<Chunk | undefined> {
    for (;;) {
      const { segment } = this.#position;
      const appended = this.#stats.appendedRecords;
      const live = this.#written();
      const isLive = live?.segment === segment;
      if (!this.#skipped.has(segment)) {
        const chunk = await this.#read(maxRecords, maxBytes, isLive ? live.offset : undefined);
        if (chunk) return chunk;
      }
      if (isLive || !(await this.#advance())) {
        if (appended === this.#stats.appendedRecords) this.#nothingPends();
        return undefined;
      }
    }
  }

  /** Damage makes the running numbers drift; here they are known exactly. */
  #nothingPends(): void {
    this.#stats.pendingRecords = 0;
    this.#stats.pendingBytes = 0;
  }

  /** Moves the cursor behind the chunk and puts the damaged stretches aside. */
  async commit(chunk: Chunk): Promise<void> {
    for (const piece of chunk.damage) await this.#quarantine(chunk.from.segment, piece.start, piece.bytes);
    this.#position = chunk.upTo;
    this.#stats.pendingBytes = Math.max(0, this.#stats.pendingBytes - chunk.bytes);
    this.#stats.pendingRecords = Math.max(0, this.#stats.pendingRecords - chunk.records.length);
    await saveCursor(this.#dir, chunk.upTo).catch((error: unknown) =>
      this.#log.warn(
        { error: String(error) },
        'journal: the cursor was not saved; records may be sent twice',
      ),
    );
  }

  /** Records that Postgres would not take, as they were. */
  async quarantinePoison(record: string, reason: string): Promise<void> {
    this.#stats.poisonRecords += 1;
    await this.#keep(`poison-${basename(this.#dir)}.jsonl`, Buffer.from(`${record}\n`), 'a');
    this.#log.error({ reason }, 'journal: Postgres refused a record; a sanitised one is stored in its place');
  }

  async #read(maxRecords: number, maxBytes: number, limit: number | undefined): Promise<Chunk | undefined> {
    const { segment, offset } = this.#position;
    const path = segmentPath(this.#dir, segment);
    const size = limit ?? (await stat(path).catch(() => ({ size: 0 }))).size;
    for (let wanted = Math.max(maxBytes, READ_BYTES_MIN); offset < size; wanted *= 2) {
      const bytes = await readRange(path, offset, Math.min(size - offset, wanted)).catch((error) => error);
      if (!(bytes instanceof Buffer)) return this.#skip(segment, String(bytes));
      const first = offset === 0 ? firstRecord(bytes) : 0;
      if (first === undefined) return this.#skip(segment, 'written by a newer version');
      const final = offset + bytes.length >= size;
      const found = scan(bytes, first, final, maxRecords);
      if (found.next > first) return this.#chunk(bytes, first, found.next, found.records, found.corrupt);
      if (final) return undefined;
    }
    return undefined;
  }

  #chunk(bytes: Buffer, first: number, next: number, records: string[], corrupt: Region[]): Chunk {
    const { segment, offset } = this.#position;
    return {
      records,
      bytes: next - first,
      from: this.#position,
      upTo: { segment, offset: offset + next },
      damage: corrupt.map(({ start, end }) => ({ start: offset + start, bytes: bytes.subarray(start, end) })),
    };
  }

  #skip(segment: number, reason: string): undefined {
    this.#skipped.add(segment);
    this.#kept.add(segment);
    this.#stats.unreadableSegments += 1;
    this.#log.error(
      { path: segmentPath(this.#dir, segment), reason },
      'journal: a segment cannot be read; it stays where it is',
    );
  }

  /** On to the next segment; the one behind is deleted, unless it could not be read. */
  async #advance(): Promise<boolean> {
    const { segment } = this.#position;
    const next = (await listSegments(this.#dir)).find((number) => number > segment);
    if (next === undefined) return false;
    if (!this.#kept.has(segment)) await remove(segmentPath(this.#dir, segment));
    this.#position = { segment: next, offset: 0 };
    return true;
  }

  async #quarantine(segment: number, start: number, bytes: Buffer): Promise<void> {
    this.#stats.corruptRegions += 1;
    this.#stats.corruptBytes += bytes.length;
    const name = `${basename(this.#dir)}-${segment}-${start}.corrupt`;
    await this.#keep(name, bytes, 'w');
    this.#log.error(
      { segment, offset: start, bytes: bytes.length, kept: name },
      'journal: a damaged stretch was found and put aside; the records around it are kept',
    );
  }

  /** Puts bytes aside. Where that fails (a full disk), the segment that holds them is not deleted. */
  async #keep(name: string, bytes: Buffer, flag: 'a' | 'w'): Promise<void> {
    const folder = join(dirname(this.#dir), QUARANTINE_DIR);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, name), bytes, { flag, mode: 0o600 });
    } catch (error) {
      this.#kept.add(this.#position.segment);
      this.#log.error({ name, error: String(error) }, 'journal: could not put aside; the segment is kept');
    }
  }
}

async function saveCursor(dir: string, position: Position): Promise<void> {
  const temporary = join(dir, `${CURSOR_FILE}.new`);
  await writeFile(temporary, frame(JSON.stringify(position)), { mode: 0o600 });
  await rename(temporary, join(dir, CURSOR_FILE));
}

async function loadCursor(dir: string): Promise<Position> {
  // without a cursor everything is sent once more, and stored once
  const bytes = await readFile(join(dir, CURSOR_FILE)).catch(() => Buffer.alloc(0));
  const [text] = scan(bytes, 0, true).records;
  return text === undefined ? { segment: 0, offset: 0 } : (JSON.parse(text) as Position);
}

async function readRange(path: string, offset: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await file.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
