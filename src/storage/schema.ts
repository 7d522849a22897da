import { sql } from 'drizzle-orm';
import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';

/** A counter per house; triggers raise it when a table of the house changes, and NOTIFY `sluice_changed`. */
export const snapshotVersions = pgTable('snapshot_versions', {
  house: text('house').primaryKey(),
  version: bigint('version', { mode: 'bigint' }).notNull().default(sql`0`),
  changedAt: instant('changed_at').notNull().defaultNow(),
});

/** Who runs now: a machine's gateway with all its workers is one node. Old rows are swept by the others. */
export const nodes = pgTable('nodes', {
  name: text('name').primaryKey(),
  seenAt: instant('seen_at').notNull(),
});
