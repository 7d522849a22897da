import {
  boolean,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { orgId } from '../identity/schema.ts';
import { instant } from '../storage/columns.ts';

export const prompts = pgTable(
  'prompts',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    /** What callers write: `@prompt/support-reply`. */
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Other names, such as the `pmpt_…` ids of OpenAI's reusable prompts. */
    aliases: text('aliases').array().notNull().default([]),
    archived: boolean('archived').notNull().default(false),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [unique('prompts_name').on(t.orgId, t.name), unique('prompts_within_org').on(t.orgId, t.id)],
);

/** Immutable once written. */
export const promptVersions = pgTable(
  'prompt_versions',
  {
    id: uuid('id').primaryKey(),
    orgId: orgId(),
    promptId: uuid('prompt_id').notNull(),
    version: integer('version').notNull(),
    /** Messages, parameters, tools, variables: see prompts/template.ts. */
    template: jsonb('template').notNull(),
    /** SHA-256 of the canonical template, hex. */
    digest: text('digest').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [
    unique('prompt_versions_number').on(t.orgId, t.promptId, t.version),
    // org_id is part of it, since foreign keys are checked past row security
    foreignKey({
      name: 'prompt_versions_prompt',
      columns: [t.orgId, t.promptId],
      foreignColumns: [prompts.orgId, prompts.id],
    }),
  ],
);

export const promptLabels = pgTable(
  'prompt_labels',
  {
    orgId: orgId(),
    promptId: uuid('prompt_id').notNull(),
    label: text('label').notNull(),
    version: integer('version').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.orgId, t.promptId, t.label] }),
    foreignKey({
      name: 'prompt_labels_version',
      columns: [t.orgId, t.promptId, t.version],
      foreignColumns: [promptVersions.orgId, promptVersions.promptId, promptVersions.version],
    }),
  ],
);
