import { z } from 'zod';
import { type AdminRoute, adminRoute, noParams } from '../admin/route.ts';
import type { Clock } from '../core/clock.ts';
import { formatUsd } from '../core/money.ts';
import type { Principal, Reach } from '../identity/index.ts';
import type { Database } from '../storage/database.ts';
import { sumUsage, USAGE_GROUPS, type UsageGroup, type UsageReach } from './store.ts';

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
    .describe(
      `Up to ${GROUPS_MAX} of ${USAGE_GROUPS.join(', ')}, tag:<name>, with commas between; days and hours are UTC.`,
    ),
  limit: z.coerce.number().int().min(1).max(5000).default(1000).describe('Groups at most, dearest first.'),
});

const sum = z.strictObject({
  group: z.record(z.string(), z.string().nullable()).describe('Null where the attempts have none.'),
  requests: z.number().int(),
  attempts: z
    .number()
    .int()
    .describe('Calls to providers: retries, fallbacks, failed and cancelled ones too.'),
  input_tokens: z.number().int(),
  cached_input_tokens: z.number().int().describe('Of input_tokens.'),
  output_tokens: z.number().int(),
  reasoning_tokens: z.number().int().describe('Of output_tokens.'),
  cost_usd: z.string().describe('Exact decimal dollars of the priced attempts.'),
  saved_usd: z.string().describe('What answers from the cache had cost; no part of cost_usd.'),
  unpriced_attempts: z.number().int().describe('Attempts without a known price: not in cost_usd.'),
});

const answer = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  data: z.array(sum),
  truncated: z.boolean().describe('There are more groups than `limit`.'),
});

/** Usage and cost, as far as the caller's role reaches. */
export function usageRoutes(db: Database, clock: Clock): readonly AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/orgs/:orgId/usage',
      summary: 'Sum tokens, requests and cost over a time, in groups',
      action: 'usage.read',
      params: noParams,
      query,
      answer,
      handle: async (call) => {
        const to = new Date(call.query.to ?? clock.now());
        const from = new Date(call.query.from ?? to.getTime() - DEFAULT_SPAN_MS);
        const { limit, group_by: groupBy } = call.query;
        const sums = await db.withOrg(call.orgId, (tx) =>
          sumUsage(tx, {
            from,
            to,
            groupBy,
            reach: usageReach(call.reach, call.principal),
            limit: limit + 1,
          }),
        );
        const data = sums.slice(0, limit).map((one) => ({
          group: one.group,
          requests: one.requests,
          attempts: one.attempts,
          input_tokens: one.inputTokens,
          cached_input_tokens: one.cachedInputTokens,
          output_tokens: one.outputTokens,
          reasoning_tokens: one.reasoningTokens,
          cost_usd: formatUsd(one.picoUsd),
          saved_usd: formatUsd(one.savedPicoUsd),
          unpriced_attempts: one.unpricedAttempts,
        }));
        return {
          answer: { from: from.toISOString(), to: to.toISOString(), data, truncated: sums.length > limit },
        };
      },
    }),
  ];
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
