import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea, instant } from '../storage/columns.ts';

export const organisations = pgTable('organisations', {
  id: uuid('id').primaryKey(),
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  plan: text('plan').notNull().default('standard'),
  /** active · suspended (keys refuse) · deleted (kept for the audit trail) */
  status: text('status', { enum: ['active', 'suspended', 'deleted'] })
    .notNull()
    .default('active'),
  /** null = every provider that the gateway knows */
  allowedProviders: text('allowed_providers').array(),
  restrictedProviders: text('restricted_providers').array().notNull().default(sql`'{}'`),
  defaultProvider: text('default_provider'),
  /** Regions that data may go to; null = anywhere. */
  dataResidency: text('data_residency').array(),
  retentionDays: integer('retention_days').notNull().default(365),
  /** null = any e-mail domain may be a user here */
  allowedEmailDomains: text('allowed_email_domains').array(),
  byokAllowed: boolean('byok_allowed').notNull().default(true),
  exportAllowed: boolean('export_allowed').notNull().default(true),
  /** Keep requests after redaction (table request_content) for this organisation; off by default. */
  storeContent: boolean('store_content').notNull().default(false),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

/** The column by which row security parts the organisations. */
export const orgId = () =>
  uuid('org_id')
    .notNull()
    .references(() => organisations.id);

// References between tables of an organisation carry org_id: foreign keys are checked past row security, and a
// bare id would let one organisation point at a row of another.

export const teams = pgTable(
  'teams',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    name: text('name').notNull(),
    costCenter: text('cost_center'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [unique('teams_name').on(t.orgId, t.name), unique('teams_within_org').on(t.orgId, t.id)],
);

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    /** Lower case. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    status: text('status', { enum: ['active', 'blocked', 'deleted'] })
      .notNull()
      .default('active'),
    /** The subject of the issuer's JWTs, where the person signs in with one. */
    externalId: text('external_id'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('users_email').on(t.orgId, t.email),
    unique('users_external_id').on(t.orgId, t.externalId),
    unique('users_within_org').on(t.orgId, t.id),
  ],
);

/** A role in the organisation (team null) or in one team. */
export const memberships = pgTable(
  'memberships',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    userId: uuid('user_id').notNull(),
    teamId: uuid('team_id'),
    role: text('role', { enum: ['owner', 'admin', 'manager', 'member'] }).notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('memberships_once').on(t.orgId, t.userId, t.teamId).nullsNotDistinct(),
    foreignKey({
      name: 'memberships_user',
      columns: [t.orgId, t.userId],
      foreignColumns: [users.orgId, users.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'memberships_team',
      columns: [t.orgId, t.teamId],
      foreignColumns: [teams.orgId, teams.id],
    }).onDelete('cascade'),
  ],
);

export const virtualKeys = pgTable(
  'virtual_keys',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    teamId: uuid('team_id'),
    userId: uuid('user_id'),
    name: text('name').notNull(),
    /** inference: /v1 only · admin: /api/v1 as well */
    kind: text('kind', { enum: ['inference', 'admin'] })
      .notNull()
      .default('inference'),
    /** What the key itself may do where it stands for no user. */
    role: text('role', { enum: ['owner', 'admin', 'manager', 'member'] })
      .notNull()
      .default('member'),
    /** The first characters, to recognise it by: `slk_ab12cd`. */
    hint: text('hint').notNull(),
    /** SHA-256 of the whole key: 256 bits of randomness need no salt and no stretching. */
    hash: bytea('hash').notNull(),
    /** After a rotation the old key works until then. */
    previousHash: bytea('previous_hash'),
    previousExpiresAt: instant('previous_expires_at'),
    status: text('status', { enum: ['active', 'blocked', 'revoked'] })
      .notNull()
      .default('active'),
    expiresAt: instant('expires_at'),
    /** Patterns with `*`; null = every model. */
    models: text('models').array(),
    /** CIDR ranges; null = from anywhere. */
    ipRanges: text('ip_ranges').array(),
    tags: jsonb('tags').$type<Record<string, string>>().notNull().default({}),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('virtual_keys_hash').on(t.hash),
    uniqueIndex('virtual_keys_previous_hash').on(t.previousHash),
    index('virtual_keys_org').on(t.orgId),
    foreignKey({
      name: 'virtual_keys_team',
      columns: [t.orgId, t.teamId],
      foreignColumns: [teams.orgId, teams.id],
    }),
    foreignKey({
      name: 'virtual_keys_user',
      columns: [t.orgId, t.userId],
      foreignColumns: [users.orgId, users.id],
    }),
  ],
);

/** Keys of the gateway's operators, above all organisations. */
export const platformKeys = pgTable('platform_keys', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  hint: text('hint').notNull(),
  hash: bytea('hash').notNull().unique(),
  status: text('status', { enum: ['active', 'revoked'] })
    .notNull()
    .default('active'),
  createdAt: instant('created_at').notNull().defaultNow(),
});
