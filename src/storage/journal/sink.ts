import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../database.ts';

/** Some records of a journal, on their way into Postgres in one transaction. */
export interface Batch {
  /** One JSON text per record, in the order in which they were appended. */
  readonly records: readonly string[];
  /** The same as one JSON array: to see whether there is anything for a sink at all. */
  readonly json: string;
  /** That array inside the database, of type jsonb, for `jsonb_to_recordset`; sent once for all sinks. */
  readonly source: SQL;
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

const SETTING = 'sluice.batch';

/**
 * Sends the records to the database, once, as a setting of the transaction that every sink can read. Sent with
 * each sink's statement they were a fifth of what draining costs this process.
 */
export async function openBatch(tx: Tx, records: readonly string[]): Promise<Batch> {
  const json = `[${records.join(',')}]`;
  await tx.execute(sql`SELECT set_config(${SETTING}, ${json}, true)`);
  return { records, json, source: sql`current_setting(${SETTING})::jsonb`, fresh: new Set() };
}
