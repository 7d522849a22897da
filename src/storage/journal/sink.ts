import type { Tx } from '../database.ts';

/** Some records of a journal, on their way into Postgres in one transaction. */
export interface Batch {
  /** One JSON text per record, in the order in which they were appended. */
  readonly records: readonly string[];
  /** The same as one JSON array, for `jsonb_to_recordset($1::jsonb)`: nothing is parsed or written again here. */
  readonly json: string;
  /**
   * Ids of the records that this transaction inserts for the first time. The first sink fills it; a sink whose
   * work may not happen twice (settling the ledger) works on these alone.
   */
  readonly fresh: Set<string>;
}

/**
 * Where drained records go. Sinks run in order, inside one transaction per batch: all of them or none. The same
 * batch may come again after a crash, so every insert must be idempotent.
 */
export interface Sink {
  readonly name: string;
  insert(tx: Tx, batch: Batch): Promise<void>;
}
