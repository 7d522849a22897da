import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../storage/columns.ts';

/**
 * Whose response is whose: all organisations use the gateway's account of a provider, which keeps no such record.
 * The responses themselves stay with the provider.
 */
export const storedResponses = pgTable(
  'stored_responses',
  {
    orgId: uuid('org_id').notNull(),
    /** As the provider made it. */
    id: text('id').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    requestedModel: text('requested_model').notNull(),
    teamId: uuid('team_id'),
    keyId: uuid('key_id'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] }), index('stored_responses_age').on(t.orgId, t.createdAt)],
);
