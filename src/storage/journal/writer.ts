import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { type Position, segmentHeader, segmentPath } from './segment.ts';

/** The two system calls that fail on a bad or full disk; a parameter for tests. */
export interface Disk {
  /** Bytes written: fewer than given when the disk is full. */
  write(fd: number, text: string, position: number): number;
  sync(fd: number, done: (error: Error | null) => void): void;
}

export const systemDisk: Disk = {
  write: (fd, text, position) => writeSync(fd, text, position),
  sync: fdatasync,
};

/** Records that wait for the same sync. */
type Group = ReturnType<typeof Promise.withResolvers<void>>;

/** Appends frames to numbered segments. A segment in which a write failed is never written to again. */
export class SegmentWriter {
  readonly #dir: string;
  readonly #nodeId: string;
  readonly #segmentBytes: number;
  readonly #durable: boolean;
  readonly #disk: Disk;
  #segment: number;
  #fd: number | undefined;
  #offset = 0;
  #group: Group | undefined;
  #syncing = false;
  /** Segments that were left while a sync of theirs was running. */
  #retired: number[] = [];

  /**
   * @param lastSegment the highest number in use; 0 in a new folder
   * @param durable each segment is on the disk before it is left, and `synced` may be asked
   */
  constructor(
    dir: string,
    nodeId: string,
    lastSegment: number,
    segmentBytes: number,
    durable: boolean,
    disk: Disk,
  ) {
    this.#dir = dir;
    this.#nodeId = nodeId;
    this.#segment = lastSegment;
    this.#segmentBytes = segmentBytes;
    this.#durable = durable;
    this.#disk = disk;
  }

  /** The end of what is written; undefined while no segment is open. */
  position(): Position | undefined {
    return this.#fd === undefined ? undefined : { segment: this.#segment, offset: this.#offset };
  }

  /**
   * Writes one frame; in the kernel when it returns.
   * @throws the error of the system, or one that says that the disk is full; then nothing of it is in the journal
   */
  write(text: string, bytes: number): void {
    if (this.#fd === undefined || this.#offset >= this.#segmentBytes) this.#begin();
    try {
      this.#put(text, bytes);
    } catch (error) {
      this.#leave(this.#offset);
      throw error;
    }
  }

  /** Resolves when everything written so far is on the disk; all who ask during one sync share the next. */
  synced(): Promise<void> {
    this.#group ??= Promise.withResolvers<void>();
    const { promise } = this.#group;
    if (!this.#syncing) void this.#sync();
    return promise;
  }

  close(): void {
    this.#leave();
  }

  #begin(): void {
    this.#leave();
    const path = segmentPath(this.#dir, this.#segment + 1);
    this.#fd = openSync(path, 'wx', 0o600);
    this.#segment += 1;
    this.#offset = 0;
    const header = segmentHeader(this.#segment, this.#nodeId);
    try {
      this.#put(header, Buffer.byteLength(header));
      if (this.#durable) syncFolder(this.#dir);
    } catch (error) {
      this.#leave(0);
      rmSync(path, { force: true });
      throw error;
    }
  }

  #put(text: string, bytes: number): void {
    const written = this.#disk.write(this.#fd as number, text, this.#offset);
    if (written < bytes) throw new Error(`ENOSPC: ${written} of ${bytes} bytes were written`);
    this.#offset += bytes;
  }

  /** @param keepBytes cuts the segment off there first, so that no half-written frame stays behind */
  #leave(keepBytes?: number): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    try {
      if (keepBytes !== undefined) ftruncateSync(fd, keepBytes);
      if (this.#durable) fdatasyncSync(fd);
    } catch (error) {
      // A torn frame that stays behind is found by its checksum; who waits for the sync must know.
      this.#group?.reject(error);
      this.#group = undefined;
    }
    if (this.#syncing) this.#retired.push(fd);
    else closeSync(fd);
  }

  async #sync(): Promise<void> {
    this.#syncing = true;
    while (this.#group) {
      const group = this.#group;
      this.#group = undefined;
      const fd = this.#fd;
      if (fd === undefined) group.resolve();
      else {
        await new Promise<void>((resolve) => {
          this.#disk.sync(fd, (error) => {
            if (error) {
              if (this.#fd === fd) this.#leave();
              group.reject(error);
            } else group.resolve();
            resolve();
          });
        });
      }
      for (const retired of this.#retired.splice(0)) closeSync(retired);
    }
    this.#syncing = false;
  }
}

/** A new file is only found after a power loss when its folder is on the disk too. */
function syncFolder(dir: string): void {
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
