import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { tryLock } from './lock.ts';
import { JournalReader } from './reader.ts';
import { LOCK_FILE, listSegments, QUARANTINE_DIR, RESERVE_FILE } from './segment.ts';
import { type JournalStats, newStats } from './stats.ts';

/** A journal that can be drained. */
export interface DrainSource {
  readonly stats: JournalStats;
  readonly reader: JournalReader;
}

/** The journal of a process that is gone; nobody else has it until it is closed. */
export interface Orphan extends DrainSource {
  readonly nodeId: string;
  /** Deletes it when it is empty, else leaves it for the next process. */
  close(): Promise<void>;
}

/**
 * Takes over the journals of processes that are gone. Those of living processes are locked and left alone, so
 * any number of processes may do this at once.
 *
 * @param dir the same as for `openJournal`
 * @returns what was found; drain and close each, and its folder goes
 */
export async function adoptJournals(dir: string, log: Log): Promise<Orphan[]> {
  const adopted: Orphan[] = [];
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === QUARANTINE_DIR) continue;
    const source = await adopt(dir, entry.name, log).catch((error: unknown) => {
      log.error({ journal: entry.name, error: String(error) }, 'journal: an orphan cannot be adopted');
    });
    if (source) adopted.push(source);
  }
  return adopted;
}

async function adopt(dir: string, nodeId: string, log: Log): Promise<Orphan | undefined> {
  const folder = join(dir, nodeId);
  // Without a segment it belongs to a process that is just starting, or to one that died before its first record but
  // had come so far as to set the reserve aside: what that one held elsewhere has to come back as well.
  if ((await listSegments(folder)).length === 0 && !existsSync(join(folder, RESERVE_FILE))) return undefined;
  const lock = tryLock(join(folder, LOCK_FILE));
  if (!lock) return undefined;
  const stats = newStats();
  const reader = await JournalReader.open(folder, stats, log);
  log.warn({ folder, records: stats.pendingRecords }, 'journal: adopted from a process that is gone');
  return {
    nodeId,
    stats,
    reader,
    close: async () => {
      if (stats.pendingBytes === 0 && reader.disposable) await rm(folder, { recursive: true, force: true });
      lock.release();
    },
  };
}
