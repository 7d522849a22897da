import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../log.ts';
import { tryLock } from './lock.ts';
import { JournalReader } from './reader.ts';
import { LOCK_FILE, listSegments, QUARANTINE_DIR } from './segment.ts';
import { type JournalStats, newStats } from './stats.ts';

/** A journal that can be drained. */
export interface DrainSource {
  /** The node id of the process that wrote it. */
  readonly name: string;
  readonly stats: JournalStats;
  readonly reader: JournalReader;
  close(): Promise<void>;
}

/**
 * Takes over the journals of processes that are gone. Those of living processes are locked and left alone, so
 * any number of processes may do this at once.
 *
 * @param dir the same as for `openJournal`
 * @returns what was found; drain and close each, and its folder goes
 */
export async function adoptJournals(dir: string, log: Log): Promise<DrainSource[]> {
  const adopted: DrainSource[] = [];
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === QUARANTINE_DIR) continue;
    const source = await adopt(join(dir, entry.name), log).catch((error: unknown) => {
      log.error({ journal: entry.name, error: String(error) }, 'journal: an orphan cannot be adopted');
    });
    if (source) adopted.push(source);
  }
  return adopted;
}

async function adopt(folder: string, log: Log): Promise<DrainSource | undefined> {
  // A folder without a segment belongs to a process that is just starting.
  if ((await listSegments(folder)).length === 0) return undefined;
  const lock = tryLock(join(folder, LOCK_FILE));
  if (!lock) return undefined;
  const stats = newStats();
  const reader = await JournalReader.open(folder, stats, log);
  log.warn({ folder, records: stats.pendingRecords }, 'journal: adopted from a process that is gone');
  return {
    name: basename(folder),
    stats,
    reader,
    close: async () => {
      if (stats.pendingBytes === 0 && reader.disposable) await rm(folder, { recursive: true, force: true });
      lock.release();
    },
  };
}
