/** Plain numbers that telemetry reads whenever it is asked; written by one journal. */
export interface JournalStats {
  /** full: it reached its size, or the disk refuses to take more. */
  state: 'ok' | 'full';
  /** Since the journal was opened. */
  appendedRecords: number;
  /** Not yet in Postgres. After a crash counted by their marks, damaged ones included. */
  pendingRecords: number;
  pendingBytes: number;
  /** Could not be written. */
  lostRecords: number;
  /** Damaged stretches found while reading; each is kept in the quarantine folder. */
  corruptRegions: number;
  corruptBytes: number;
  /** Segments that the system would not let us read; they stay where they are. */
  unreadableSegments: number;
  /** Records that Postgres refused as they were; stored in a sanitised form, the original in the quarantine folder. */
  poisonRecords: number;
}

export function newStats(): JournalStats {
  return {
    state: 'ok',
    appendedRecords: 0,
    pendingRecords: 0,
    pendingBytes: 0,
    lostRecords: 0,
    corruptRegions: 0,
    corruptBytes: 0,
    unreadableSegments: 0,
    poisonRecords: 0,
  };
}
