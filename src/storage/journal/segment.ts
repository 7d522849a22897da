/** The files of one journal folder: numbered segments, each beginning with a frame that says what it is. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { frame, scan } from './frame.ts';

const VERSION = 1;
const HEADER = /^\{"sluice_journal":(\d+),/;

export const LOCK_FILE = 'lock';
export const CURSOR_FILE = 'cursor';
/** Space kept for the records of requests that are under way when the disk is full. */
export const RESERVE_FILE = 'reserve';
/** Beside the folders of the nodes: what could not be read or stored, for people to look at. */
export const QUARANTINE_DIR = 'quarantine';

/** A place in a journal: everything before it is dealt with. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

/** The first frame of a segment; checksummed like every other, so that a flipped bit is no other version. */
export function segmentHeader(segment: number, nodeId: string): string {
  return frame(JSON.stringify({ sluice_journal: VERSION, segment, node: nodeId }));
}

/**
 * Where the records of a segment begin: after its header, or at 0 when that is damaged (the scan then reports
 * it and finds the first record).
 * @returns undefined for a segment of a version that this program does not know: hands off
 */
export function firstRecord(bytes: Buffer): number | undefined {
  const found = scan(bytes, 0, true, 1);
  const header = found.corrupt.length === 0 ? HEADER.exec(found.records[0] ?? '') : null;
  if (!header) return 0;
  return Number(header[1]) === VERSION ? found.next : undefined;
}

export function segmentPath(dir: string, segment: number): string {
  return join(dir, `${segment.toString().padStart(12, '0')}.segment`);
}

/** The numbers of the segments in a folder, ascending; none where there is no such folder. */
export async function listSegments(dir: string): Promise<number[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names
    .flatMap((name) => /^(\d{12})\.segment$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
