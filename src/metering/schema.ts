import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { SERVICE_TIERS } from '../core/usage.ts';
import { instant, picoUsd } from '../storage/columns.ts';

/**
 * One line per upstream attempt. Partitioned by month of `occurred_at` (the migration says so by hand);
 * `occurred_at` is the start of the attempt and comes with the record, so a second insert hits the same row.
 */
export const usageEvents = pgTable(
  'usage_events',
  {
    orgId: uuid('org_id').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    /** The attempt's id. */
    id: uuid('id').notNull(),
    /** The audit record of the request (audit_events.id). */
    requestId: uuid('request_id').notNull(),
    attempt: integer('attempt').notNull(),
    teamId: uuid('team_id'),
    userId: uuid('user_id'),
    keyId: uuid('key_id'),
    endUser: text('end_user'),
    operation: text('operation').notNull(),
    requestedModel: text('requested_model').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    region: text('region'),
    promptName: text('prompt_name'),
    promptVersion: integer('prompt_version'),
    tags: jsonb('tags').$type<Record<string, string>>().notNull(),
    stream: boolean('stream').notNull(),
    inputTokens: integer('input_tokens').notNull(),
    cachedInputTokens: integer('cached_input_tokens').notNull(),
    cacheWriteTokens: integer('cache_write_tokens').notNull(),
    cacheWrite1hTokens: integer('cache_write_1h_tokens').notNull(),
    audioInputTokens: integer('audio_input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    reasoningTokens: integer('reasoning_tokens').notNull(),
    audioOutputTokens: integer('audio_output_tokens').notNull(),
    imageInputTokens: integer('image_input_tokens').notNull().default(0),
    imageOutputTokens: integer('image_output_tokens').notNull().default(0),
    webSearches: integer('web_searches').notNull().default(0),
    fileSearches: integer('file_searches').notNull().default(0),
    serviceTier: text('service_tier', { enum: SERVICE_TIERS }).notNull().default('standard'),
    regional: boolean('regional').notNull().default(false),
    usageSource: text('usage_source', { enum: ['reported', 'estimated'] }).notNull(),
    /** null = unpriced, which is not zero. */
    cost: picoUsd('cost_pico_usd'),
    priceVersion: text('price_version'),
    /** What an answer from the cache had cost when a provider gave it; null for attempts, and where it was unpriced. */
    saved: picoUsd('saved_pico_usd'),
    outcome: text('outcome', { enum: ['answered', 'failed', 'cancelled', 'cached'] }).notNull(),
    reason: text('reason'),
    status: integer('status'),
    firstByteMs: integer('first_byte_ms'),
    durationMs: integer('duration_ms'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.occurredAt, t.id] }),
    index('usage_events_key').on(t.orgId, t.keyId, t.occurredAt),
    index('usage_events_request').on(t.requestId),
  ],
);

const total = (name: string) => bigint(name, { mode: 'bigint' }).notNull();

/**
 * Sums of usage lines over a quarter of an hour, the grain of the world's time zones, so that days are exact in
 * every one of them. One group may have any number of rows: whoever drains adds some, `foldRollups` makes one of
 * them, the reader adds up. No row is ever updated, so nobody waits for anybody's lock.
 */
export const usageRollups = pgTable(
  'usage_rollups',
  {
    orgId: uuid('org_id').notNull(),
    /** Begin of the quarter of an hour. */
    startsAt: instant('starts_at').notNull(),
    id: uuid('id').notNull().default(sql`gen_random_uuid()`),
    /** Not yet looked at by `foldRollups`. */
    fresh: boolean('fresh').notNull(),
    teamId: uuid('team_id'),
    userId: uuid('user_id'),
    keyId: uuid('key_id'),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    promptName: text('prompt_name'),
    promptVersion: integer('prompt_version'),
    tags: jsonb('tags').$type<Record<string, string>>().notNull(),
    /** First attempts: each request has one. */
    requests: total('requests'),
    attempts: total('attempts'),
    inputTokens: total('input_tokens'),
    cachedInputTokens: total('cached_input_tokens'),
    cacheWriteTokens: total('cache_write_tokens'),
    outputTokens: total('output_tokens'),
    reasoningTokens: total('reasoning_tokens'),
    /** Of the priced attempts. */
    cost: picoUsd('cost_pico_usd').notNull(),
    /** What answers from the cache had cost when a provider gave them. */
    saved: picoUsd('saved_pico_usd').notNull().default(sql`0`),
    unpricedAttempts: total('unpriced_attempts'),
    /** Attempts whose tokens are an estimate. */
    estimatedAttempts: total('estimated_attempts'),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.startsAt, t.id] }),
    index('usage_rollups_fresh').on(t.orgId, t.startsAt).where(sql`fresh`),
  ],
);
