/** The shape of a policy file. */
import { z } from 'zod';
import { OPERATIONS } from '../dialects/dialect.ts';
import { patterns } from './rule.ts';
import { RULES } from './rules/index.ts';

const TAG = /^[^=]+=.+$/;

const audience = z
  .strictObject({
    orgs: patterns.describe('Slugs or ids of organisations.').exactOptional(),
    teams: patterns.describe('Ids of teams.').exactOptional(),
    users: patterns.describe('E-mail addresses or ids of users.').exactOptional(),
    keys: patterns.describe('Ids of virtual keys.').exactOptional(),
    tags: z
      .array(z.string().regex(TAG, 'write name=value'))
      .min(1)
      .describe(
        'Tags of the key, as `name=value`. Tags that callers send in a header are for `when`: nobody vouches for them.',
      )
      .exactOptional(),
    endpoints: z
      .array(z.enum(OPERATIONS))
      .min(1)
      .describe('What the request asks for: chat, embeddings, …')
      .exactOptional(),
    models: patterns.describe('Models, as the caller names them.').exactOptional(),
  })
  .describe('Whom and what it is for: all lists must match, `*` stands for any characters, no list = all.');

export type Audience = z.output<typeof audience>;

type RuleId = (typeof RULES)[number]['id'];

const sections = Object.fromEntries(
  RULES.map((rule): [string, z.ZodType] => [rule.id, rule.schema.optional()]),
) as Record<RuleId, z.ZodOptional<z.ZodType>>;

const policy = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use a-z, 0-9, dot, dash, underscore; at most 64')
    .describe('Its name in refusals and in the audit trail; unique over all files.'),
  description: z.string().default('').describe('For the people who read it.'),
  for: audience.default({}),
  when: z
    .string()
    .min(1)
    .describe('A condition in CEL over request, principal, tags and now; see docs/policies.md.')
    .exactOptional(),
  enforce: z.boolean().default(true).describe('false: only report in the audit trail that it matched.'),
  ...sections,
});

export type PolicyEntry = z.output<typeof policy>;

export const policyFile = z.strictObject({
  version: z.literal(1),
  policies: z.array(policy),
});

/** The JSON Schema of the file, for editors: `policies/policy.schema.json` is held equal to it by a test. */
export function policyJsonSchema(): object {
  return { ...z.toJSONSchema(policyFile, { io: 'input' }), title: 'Sluice policy file' };
}
