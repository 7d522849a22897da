import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';

/** A drizzle handle inside one transaction. */
export type Tx = PgDatabase<NodePgQueryResultHKT, Record<string, never>>;

/**
 * The doors into Postgres. Each runs `work` in one transaction under a role of its own; none of these roles
 * owns a table or has BYPASSRLS. What `work` throws rolls back and is thrown on; errors of the database come out
 * as QueryError (see query-error.ts). After a deadlock or a serialization failure `work` runs again, so it must
 * keep no state outside the transaction.
 */
export interface Database {
  /** As `sluice_app`, seeing the rows of this organisation and no others. */
  withOrg<T>(orgId: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** As `sluice_loader`: reads every organisation, writes nothing. For the snapshots. */
  load<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** As `sluice_writer`: drains the journal and keeps the ledger, for every organisation. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** As `sluice_platform`: what operators of the gateway may do (organisations, platform keys). */
  platform<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Answers within a second or says false; for readiness. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

/** Houses whose tables feed an in-memory snapshot. */
export type SnapshotHouse = 'identity' | 'prompts' | 'budgets' | 'providers';

/** Tells houses that their tables changed: LISTEN/NOTIFY, with a version poll behind it. */
export interface Changes {
  /** Calls `reload` soon after each change (at most one at a time, never lost), and once now. */
  watch(house: SnapshotHouse, reload: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}
