import { z } from 'zod';
import {
  type AdminCall,
  type AdminResult,
  type AdminRoute,
  adminRoute,
  noParams,
} from '../../admin/route.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/fault.ts';
import { formatUsd } from '../../core/money.ts';
import { isTimeZone } from '../../core/time-zone.ts';
import { type Principal, type Reach, readOrg } from '../../identity/index.ts';
import type { Database } from '../../storage/database.ts';
import { csvText } from '../csv.ts';
import {
  type StatementPlace,
  type StatementQuery,
  statement,
  USAGE_GROUPS,
  type UsageGroup,
  type UsageReach,
  type UsageSum,
} from '../statement.ts';

const DEFAULT_SPAN_MS = 30 * 24 * 3_600_000;
const GROUPS_MAX = 4;

const group = z
  .string()
  .refine(
    (text): text is UsageGroup =>
      USAGE_GROUPS.some((name) => name === text) || /^tag:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text),
    { message: `must be one of ${USAGE_GROUPS.join(', ')} or tag:<name>` },
  );

const query = z.strictObject({
  from: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('First instant; 30 days before `to` by default.'),
  to: z.iso.datetime({ offset: true }).optional().describe('First instant after; now by default.'),
  group_by: z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? [] : text.split(',')))
    .pipe(z.array(group).max(GROUPS_MAX))
    .describe(`Up to ${GROUPS_MAX} of ${USAGE_GROUPS.join(', ')}, tag:<name>, with commas between.`),
  timezone: z
    .string()
    .refine(isTimeZone, { message: 'must be an IANA time zone such as Europe/Berlin' })
    .default('UTC')
    .describe('IANA time zone in which days and hours begin.'),
  order_by: z
    .enum(['group', 'cost'])
    .default('group')
    .describe('`group`: by the names of the groups; `cost`: dearest first.'),
  format: z.enum(['json', 'csv']).default('json'),
  limit: z.coerce.number().int().min(1).max(5000).default(1000).describe('Groups per page.'),
  cursor: z.string().max(2000).optional().describe('`next_cursor` of the page before.'),
});

const sum = z.strictObject({
  group: z.record(z.string(), z.string().nullable()).describe('Null where the attempts have none.'),
  requests: z
    .number()
    .int()
    .describe('Requests whose first attempt is in this group, so that groups add up to the whole.'),
  attempts: z
    .number()
    .int()
    .describe('Calls to providers: retries, fallbacks, failed and cancelled ones too.'),
  input_tokens: z.number().int(),
  cached_input_tokens: z.number().int().describe('Of input_tokens.'),
  cache_write_tokens: z.number().int().describe('Of input_tokens.'),
  output_tokens: z.number().int(),
  reasoning_tokens: z.number().int().describe('Of output_tokens.'),
  cost_usd: z.string().describe('Exact decimal dollars of the priced attempts.'),
  saved_usd: z
    .string()
    .describe(
      'Exact decimal dollars that answers from the cache had cost when a provider gave them; not in cost_usd.',
    ),
  unpriced_attempts: z.number().int().describe('Attempts without a known price: not in cost_usd.'),
  estimated_attempts: z.number().int().describe('Attempts whose tokens are an estimate.'),
});

const answer = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  timezone: z.string(),
  data: z.array(sum),
  next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page; null on the last.'),
});

type Call = AdminCall<unknown, z.output<typeof query>, unknown>;

/** Usage and cost, as far as the caller's role reaches. */
export function usageRoutes(db: Database, clock: Clock): readonly AdminRoute[] {
  const shape = {
    method: 'GET',
    action: 'usage.read',
    params: noParams,
    query,
    answer,
    handle: (call: Call) => tell(db, clock, call),
  } as const;
  return [
    adminRoute({
      ...shape,
      path: '/usage',
      summary:
        'Statement of account: sum tokens, requests and cost over a time, of one’s own organisation; for operators, of all',
    }),
    adminRoute({
      ...shape,
      path: '/orgs/:orgId/usage',
      summary: 'Statement of account of one organisation',
    }),
  ];
}

async function tell(db: Database, clock: Clock, call: Call): Promise<AdminResult<z.input<typeof answer>>> {
  const { limit, group_by: groupBy, order_by: order, timezone, cursor, format } = call.query;
  if (format === 'csv') await requireExport(db, call);
  const to = new Date(call.query.to ?? clock.now());
  const from = new Date(call.query.from ?? to.getTime() - DEFAULT_SPAN_MS);
  const asked: StatementQuery = {
    from,
    to,
    groupBy,
    timezone,
    reach: usageReach(call.reach, call.principal),
    order,
    after: cursor === undefined ? undefined : readCursor(cursor, groupBy.length),
    limit: limit + 1,
  };
  // Without an organisation it is an operator who asks, of all.
  const found = await (call.orgId === ''
    ? db.platform((tx) => statement(tx, asked))
    : db.withOrg(call.orgId, (tx) => statement(tx, asked)));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = found.length > limit && last ? writeCursor(last) : null;
  const data = page.map((one) => lineOf(groupBy, one));
  return {
    answer: { from: from.toISOString(), to: to.toISOString(), timezone, data, next_cursor: next },
    ...(format === 'csv' ? { file: csvFile(groupBy, data, next) } : {}),
  };
}

/** Operators stand above it. @throws Fault `permission_denied` */
async function requireExport(db: Database, { orgId, principal }: Call): Promise<void> {
  if (principal.role === 'platform' || (await readOrg(db, orgId))?.exportAllowed) return;
  throw new Fault(
    'permission_denied',
    'This organisation exports nothing: its setting export_allowed is false. Ask without format=csv, or have an owner change it with PATCH /api/v1/orgs/{org}.',
    { param: 'format' },
  );
}

function lineOf(groupBy: readonly UsageGroup[], one: UsageSum): z.input<typeof sum> {
  return {
    group: Object.fromEntries(groupBy.map((name, index) => [name, one.group[index] ?? null])),
    requests: one.requests,
    attempts: one.attempts,
    input_tokens: one.inputTokens,
    cached_input_tokens: one.cachedInputTokens,
    cache_write_tokens: one.cacheWriteTokens,
    output_tokens: one.outputTokens,
    reasoning_tokens: one.reasoningTokens,
    cost_usd: formatUsd(one.picoUsd),
    saved_usd: formatUsd(one.savedPicoUsd),
    unpriced_attempts: one.unpricedAttempts,
    estimated_attempts: one.estimatedAttempts,
  };
}

const SUMS = Object.keys(sum.shape).filter((name) => name !== 'group') as Exclude<
  keyof z.output<typeof sum>,
  'group'
>[];

function csvFile(groupBy: readonly UsageGroup[], data: readonly z.input<typeof sum>[], next: string | null) {
  const rows = data.map((line) => [
    ...groupBy.map((name) => line.group[name] ?? null),
    ...SUMS.map((name) => line[name]),
  ]);
  return {
    type: 'text/csv; charset=utf-8; header=present',
    text: csvText([...groupBy, ...SUMS], rows),
    headers: {
      'content-disposition': 'attachment; filename="usage.csv"',
      ...(next === null ? {} : { 'x-next-cursor': next }),
    },
  };
}

/** A manager sees the teams it manages and itself; a key that stands for no person sees its own calls. */
function usageReach(reach: Reach, principal: Principal): UsageReach | undefined {
  if (reach === 'all') return undefined;
  const { userId, keyId, managedTeams } = principal;
  return {
    teamIds: reach === 'team' ? managedTeams : [],
    userId: reach === 'none' ? null : userId,
    keyId: reach !== 'none' && userId === null ? keyId : null,
  };
}

const cursorText = z.tuple([z.string().regex(/^\d{1,38}$/), z.array(z.string().nullable())]);

function writeCursor({ picoUsd, group: place }: UsageSum): string {
  return Buffer.from(JSON.stringify([picoUsd.toString(), place])).toString('base64url');
}

/** @throws Fault `invalid_request` when it is none that this grouping gave out */
function readCursor(cursor: string, groups: number): StatementPlace {
  try {
    const [picoUsd, place] = cursorText.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (place.length === groups) return { picoUsd: BigInt(picoUsd), group: place };
  } catch {
    // said below
  }
  throw new Fault('invalid_request', 'The cursor is not one that this endpoint gave out for this grouping.', {
    param: 'cursor',
  });
}
