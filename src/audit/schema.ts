import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../storage/columns.ts';

/**
 * Decisions on requests and every admin action. Partitioned by month of `occurred_at` (the migration says so
 * by hand). No content: types, counts and codes only.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** null where nobody was recognised; such rows are for the gateway's operators only. */
    orgId: uuid('org_id'),
    occurredAt: instant('occurred_at').notNull(),
    id: uuid('id').notNull(),
    /** request · admin · gateway */
    kind: text('kind', { enum: ['request', 'admin', 'gateway'] }).notNull(),
    requestId: text('request_id').notNull(),
    /** `key/<id>`, `user/<id>`, `platform/<id>`, `anonymous` */
    actor: text('actor').notNull(),
    teamId: uuid('team_id'),
    userId: uuid('user_id'),
    keyId: uuid('key_id'),
    remoteAddress: text('remote_address'),
    /** `chat`, `messages`, … for requests; `keys.create`, … for admin actions */
    action: text('action').notNull(),
    /** What an admin action was done to: `key/<id>`. */
    resource: text('resource'),
    /** done · refused · failed · abandoned */
    outcome: text('outcome').notNull(),
    /** Code of the fault table, where it was not done. */
    fault: text('fault'),
    status: integer('status'),
    durationMs: integer('duration_ms'),
    /** Policies, prompt, findings by type and count, attempts; changed fields of admin actions. */
    details: jsonb('details').notNull(),
  },
  (t) => [
    uniqueIndex('audit_events_id').on(t.occurredAt, t.id),
    index('audit_events_org').on(t.orgId, t.occurredAt),
    index('audit_events_request').on(t.requestId),
  ],
);

/** Requests after redaction, of organisations that keep them. Off by default. Partitioned by month. */
export const requestContent = pgTable(
  'request_content',
  {
    orgId: uuid('org_id').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    id: uuid('id').notNull(),
    request: text('request').notNull(),
    answer: text('answer'),
  },
  (t) => [uniqueIndex('request_content_id').on(t.orgId, t.occurredAt, t.id)],
);
