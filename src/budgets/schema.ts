import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { orgId } from '../identity/schema.ts';
import { instant, picoUsd } from '../storage/columns.ts';

/** Spelt out for drizzle-kit, which cannot follow the rule's own list. */
const SCOPES = ['org', 'team', 'user', 'key', 'prompt', 'tag'] as const;

export interface RaiseRow {
  readonly by_usd: string;
  /** ISO 8601. */
  readonly until: string;
}

export const budgets = pgTable(
  'budgets',
  {
    orgId: orgId(),
    /** A UUID, or `policy/<policy>/<budget>` for those that policy files declare. */
    id: text('id').notNull(),
    name: text('name').notNull(),
    scope: text('scope', { enum: SCOPES }).notNull(),
    /** The one team, user or key meant; null = each of them has this budget for itself. */
    scopeId: uuid('scope_id'),
    /** Of scope prompt: the one prompt meant; null = each. */
    prompt: text('prompt'),
    /** Of scope tag: `env`, each of its values, or `env=prod`, that one. */
    tag: text('tag'),
    /** Model patterns; null = all. */
    models: text('models').array(),
    window: text('window', {
      enum: ['minute', 'hour', 'day', 'week', 'month', 'total', 'rolling'],
    }).notNull(),
    /** The length of a rolling window; null for all others. */
    rollingSeconds: integer('rolling_seconds'),
    /** IANA name; windows are aligned to its calendar. */
    timezone: text('timezone').notNull().default('UTC'),
    amount: picoUsd('amount_pico_usd').notNull(),
    hard: boolean('hard').notNull().default(true),
    /** Sums that are added to the amount until a date. */
    raises: jsonb('raises').$type<readonly RaiseRow[]>().notNull().default([]),
    /** Percentages of the amount at which an event is put into the outbox. */
    alertPercents: integer('alert_percents').array().notNull().default([]),
    status: text('status', { enum: ['active', 'deleted'] })
      .notNull()
      .default('active'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.id] })],
);

/** The ledger: one row per budget, subject (the team, user or key it counts for) and window. */
export const budgetWindows = pgTable(
  'budget_windows',
  {
    orgId: orgId(),
    budgetId: text('budget_id').notNull(),
    /** The id of the org, team, user or key that this row counts for; of a prompt or tag value see `subject.ts`. */
    subjectId: uuid('subject_id').notNull(),
    /** Of a rolling window: its length before 1970, since it has no start. */
    windowStart: instant('window_start').notNull(),
    /** Exclusive; null: it never ends. */
    windowEnd: instant('window_end'),
    /** What refusals call the budget. */
    name: text('name'),
    /** Null where a version that did not say it wrote the row; then `windowEnd`, `name` and `amount` may be unknown too. */
    scope: text('scope', { enum: SCOPES }),
    /** The prompt or tag value that it counts for. */
    subjectName: text('subject_name'),
    amount: picoUsd('amount_pico_usd'),
    hard: boolean('hard').notNull(),
    alertPercents: integer('alert_percents').array().notNull().default([]),
    /** The length of a rolling window, whose `settled` is kept by `budget_buckets`. */
    rollingSeconds: integer('rolling_seconds'),
    openedAt: instant('opened_at').notNull().defaultNow(),
    /** When the definition that name, scope, amount and hardness are taken from was in force. */
    describedAt: instant('described_at'),
    settled: picoUsd('settled_pico_usd').notNull().default(sql`0`),
    leased: picoUsd('leased_pico_usd').notNull().default(sql`0`),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.budgetId, t.subjectId, t.windowStart] }),
    check('budget_windows_leased', sql`${t.leased} >= 0`),
    check('budget_windows_settled', sql`${t.settled} >= 0`),
    check('budget_windows_hard_amount', sql`NOT ${t.hard} OR ${t.amount} IS NOT NULL`),
    // What a lease took may always be settled; a trigger refuses leases beyond the amount (migration 0004).
  ],
);

/** A slice of a window that one node may spend without asking. */
export const budgetLeases = pgTable(
  'budget_leases',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    budgetId: text('budget_id').notNull(),
    subjectId: uuid('subject_id').notNull(),
    windowStart: instant('window_start').notNull(),
    nodeId: text('node_id').notNull(),
    /** What is left of it; counted in budget_windows.leased. */
    remaining: picoUsd('remaining_pico_usd').notNull(),
    /** All that the node took less what it gave back; the node takes its own count from here after an error. */
    granted: picoUsd('granted_pico_usd').notNull(),
    /** The node's last change to it. A change that arrives late, behind a newer one, is ignored. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
    index('budget_leases_window').on(t.orgId, t.budgetId, t.subjectId, t.windowStart),
    index('budget_leases_expiry').on(t.expiresAt),
    check('budget_leases_remaining', sql`${t.remaining} >= 0`),
  ],
);

/** What rolling windows spent, in a hundred buckets per length: when one is too old, its sum is taken off `settled`. */
export const budgetBuckets = pgTable(
  'budget_buckets',
  {
    orgId: orgId(),
    budgetId: text('budget_id').notNull(),
    subjectId: uuid('subject_id').notNull(),
    windowStart: instant('window_start').notNull(),
    bucketStart: instant('bucket_start').notNull(),
    /** The end of the bucket, and the length of the window after it. */
    expiresAt: instant('expires_at').notNull(),
    settled: picoUsd('settled_pico_usd').notNull(),
  },
  (t) => [
    primaryKey({
      name: 'budget_buckets_pk',
      columns: [t.orgId, t.budgetId, t.subjectId, t.windowStart, t.bucketStart],
    }),
    index('budget_buckets_expiry').on(t.expiresAt),
  ],
);
