import { boolean, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { organisations } from '../identity/schema.ts';
import { bytea, instant } from '../storage/columns.ts';

/** Keys that organisations bring for providers, each sealed with a key of the configuration. */
export const providerKeys = pgTable(
  'provider_keys',
  {
    orgId: uuid('org_id')
      .notNull()
      .references(() => organisations.id),
    id: uuid('id').notNull(),
    /** The provider's name in the configuration. */
    provider: text('provider').notNull(),
    name: text('name').notNull(),
    weight: integer('weight').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    /** See vault.ts. */
    sealed: bytea('sealed').notNull(),
    /** Names the key of the configuration that opens it. */
    sealedWith: text('sealed_with').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.id] }),
    unique('provider_keys_name').on(t.orgId, t.provider, t.name),
  ],
);
