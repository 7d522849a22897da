import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
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
/** Events for whoever is to be told outside: a house inserts them in the transaction that makes them true. */
export const outbox = pgTable(
  'outbox',
  {
    orgId: uuid('org_id').notNull(),
    /** Names the occurrence, so that any number of nodes report it once. */
    key: text('key').notNull(),
    /** `budget.alert`, … */
    kind: text('kind').notNull(),
    occurredAt: instant('occurred_at').notNull().defaultNow(),
    payload: jsonb('payload').$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Null: nobody has been told. */
    deliveredAt: instant('delivered_at'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.key] }),
    index('outbox_undelivered').on(t.occurredAt).where(sql`${t.deliveredAt} IS NULL`),
  ],
);
