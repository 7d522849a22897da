/** What the admin API of this house takes and gives: snake_case, strict, one meaning per name everywhere. */
import { z } from 'zod';
import { parseRange } from '../addresses.ts';
import { KEY_KINDS } from '../key.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;

const plain = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => !CONTROL_OR_LONE_SURROGATE.test(text), 'must not contain control characters');

export const id = z.string().regex(UUID, 'must be the id of a resource (a UUID in lower case)');
export const name = plain(200);
export const instant = z.iso.datetime({ offset: true });
const pattern = plain(200);
const patterns = z.array(pattern).max(200);

export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and inner hyphens')
  .refine((text) => text !== 'me' && !UUID.test(text), 'must not be `me` or look like an id');

export const email = z.email().max(254).toLowerCase();
const domain = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'must be a domain, such as example.com');

const ipRange = z
  .string()
  .max(64)
  .refine((text) => parseRange(text) !== undefined, 'must be an IP address or CIDR range');

const tags = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), plain(256))
  .refine((value) => Object.keys(value).length <= 16, 'must not have more than 16 tags');

export const orgRole = z.enum(['owner', 'admin', 'member']);
export const teamRole = z.enum(['manager', 'member']);
const keyRole = z.enum(['owner', 'admin', 'manager', 'member']);
const keyKind = z.enum(KEY_KINDS);

/** Keyset pagination: ids sort by time, so the cursor is the last id seen. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Rows per page.'),
  cursor: id.optional().describe('`next_cursor` of the page before.'),
});

/** What an organisation settles for itself. */
const orgSettings = {
  allowed_providers: patterns.nullable().describe('null = every provider the gateway knows'),
  restricted_providers: patterns.describe('Never used, whatever else allows them.'),
  default_provider: pattern.nullable().describe('Asked first where several serve the model.'),
  data_residency: patterns.nullable().describe('Regions that data may go to; null = anywhere.'),
  retention_days: z
    .int()
    .min(1)
    .max(36_500)
    .describe(
      'Older audit records, usage lines and stored requests are deleted within the hour; sums of usage stay. Only owners change it; audit records stay for database.audit_least_retention_days.',
    ),
  allowed_email_domains: z.array(domain).max(200).nullable().describe('null = users of any domain'),
  byok_allowed: z
    .boolean()
    .describe('Keys of providers may be brought, renewed and switched on; those in use stay until deleted.'),
  export_allowed: z.boolean().describe('Usage may be had as a file (format=csv).'),
  store_content: z.boolean().describe('Keep requests as they were sent on, after redaction; never answers.'),
};

export const orgAnswer = z.strictObject({
  id,
  slug,
  name,
  plan: z.string(),
  status: z.enum(['active', 'suspended', 'deleted']),
  ...orgSettings,
  created_at: instant,
  updated_at: instant,
});

export const orgChange = z
  .strictObject({
    name,
    status: z.enum(['active', 'suspended']).describe('Only operators of the gateway may change it.'),
    ...orgSettings,
  })
  .partial();
export type OrgChange = z.output<typeof orgChange>;

export const orgCreate = z.strictObject({
  slug,
  name,
  plan: plain(64).optional(),
  ...z.strictObject(orgSettings).partial().shape,
  owner: z.strictObject({ email, name }).optional().describe('Becomes the first user, as owner.'),
});
export const billingChange = z.strictObject({ plan: plain(64) });

export const teamAnswer = z.strictObject({
  id,
  name,
  cost_center: z.string().nullable(),
  created_at: instant,
  updated_at: instant,
});
export const teamCreate = z.strictObject({ name, cost_center: plain(100).nullable().optional() });
export const teamChange = teamCreate.partial();

export const userAnswer = z.strictObject({
  id,
  email: z.string(),
  name,
  status: z.enum(['active', 'blocked', 'deleted']),
  external_id: z.string().nullable(),
  role: orgRole,
  teams: z.array(z.strictObject({ team_id: id, role: teamRole })),
  created_at: instant,
  updated_at: instant,
});
export const userCreate = z.strictObject({
  email,
  name,
  external_id: plain(255).nullable().optional().describe("The subject (`sub`) of the person's tokens."),
  role: orgRole.default('member'),
});
export const userChange = userCreate.omit({ role: true }).partial();

export const keyAnswer = z.strictObject({
  id,
  name,
  kind: keyKind,
  role: keyRole.describe('What the key may do where it stands for no user.'),
  hint: z.string().describe('The first characters, to recognise it by.'),
  status: z.enum(['active', 'blocked', 'revoked']),
  team_id: id.nullable(),
  user_id: id.nullable(),
  models: patterns.nullable().describe('Patterns with `*`; null = every model.'),
  ip_ranges: z.array(z.string()).nullable().describe('CIDR ranges; null = from anywhere.'),
  tags: z.record(z.string(), z.string()),
  expires_at: instant.nullable(),
  previous_expires_at: instant.nullable().describe('Until then the key from before a rotation works.'),
  created_by: z.string(),
  created_at: instant,
  updated_at: instant,
});

/** An answer that shows a key in plain text: the only time anybody sees it. */
export const keyShown = z.strictObject({
  ...keyAnswer.shape,
  key: z.string().describe('The key itself. It is shown this once and cannot be had again.'),
});

const keySettings = {
  name,
  models: patterns.nullable(),
  ip_ranges: z.array(ipRange).max(100).nullable(),
  tags,
  expires_at: instant.nullable(),
};
export const keyCreate = z.strictObject({
  ...z.strictObject(keySettings).partial().shape,
  name,
  kind: keyKind.default('inference').describe('inference: /v1 only; admin: /api/v1 as well'),
  role: keyRole.optional().describe('For keys that stand for no user; member where not said.'),
  team_id: id.nullable().default(null),
  user_id: id.nullable().default(null),
});
export type KeyCreate = z.output<typeof keyCreate>;
export const keyChange = z.strictObject(keySettings).partial();
export type KeyChange = z.output<typeof keyChange>;

export const keyRotation = z.strictObject({
  grace_seconds: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .describe('How long the old key goes on working; 0 where it leaked.'),
});
