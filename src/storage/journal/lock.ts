/**
 * Holds a folder for one process. Node has no flock, so the lock is SQLite's exclusive lock on an empty file: a
 * lock of the kernel, which ends with the process however it dies and which holds across containers that
 * share a volume. A pid file could do neither.
 *
 * The file must not be opened by anything else in this process: closing it would drop the lock (POSIX).
 */
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

export interface FolderLock {
  release(): void;
}

/**
 * Takes the lock at once.
 * @returns undefined when another process, or this one, holds it
 * @throws Error when the file cannot be opened or the file system has no locks
 */
export function tryLock(path: string): FolderLock | undefined {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { release: () => file.close() };
}
