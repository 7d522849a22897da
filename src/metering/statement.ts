/** The statement of account: usage and cost over a time, added up in groups. */
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../storage/database.ts';
import { quarterOf } from './sink.ts';

export const USAGE_GROUPS = [
  'org',
  'team',
  'user',
  'key',
  'provider',
  'model',
  'prompt',
  'prompt_version',
  'day',
  'hour',
] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number] | `tag:${string}`;

/** Whose usage may be seen; undefined = everybody's that the transaction sees. */
export interface UsageReach {
  readonly teamIds: readonly string[];
  readonly userId: string | null;
  readonly keyId: string | null;
}

/** Where a group stands in the order, to go on behind it. */
export interface StatementPlace {
  readonly picoUsd: bigint;
  readonly group: readonly (string | null)[];
}

export interface StatementQuery {
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  readonly groupBy: readonly UsageGroup[];
  /** IANA time zone of days and hours. */
  readonly timezone: string;
  readonly reach: UsageReach | undefined;
  /** By the names of the groups, or dearest first. */
  readonly order: 'group' | 'cost';
  readonly after: StatementPlace | undefined;
  readonly limit: number;
}

/** Sums over one group. `picoUsd` leaves out the attempts that `unpricedAttempts` counts. */
export interface UsageSum {
  /** In the order of `groupBy`; null where the attempts have none. */
  readonly group: readonly (string | null)[];
  readonly requests: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly picoUsd: bigint;
  /** What answers from the cache had cost when a provider gave them. */
  readonly savedPicoUsd: bigint;
  readonly unpricedAttempts: number;
  readonly estimatedAttempts: number;
}

/** Usage that `tx` sees. From the rollups; at the ends of the time, where they are too coarse, from the lines. */
export async function statement(tx: Tx, query: StatementQuery): Promise<UsageSum[]> {
  const { groupBy, after, limit } = query;
  const names = groupBy.map((_, index) => sql.raw(`group_${index}`));
  const place = sql`ARRAY[${sql.join(names, sql`, `)}]::text[] COLLATE "C"`;
  const cheaper = sql`(-pico_usd, ${place})`;
  const behind =
    after === undefined
      ? sql``
      : query.order === 'group'
        ? sql`WHERE ${place} > ${textArray(after.group)}`
        : sql`WHERE ${cheaper} > (${(-after.picoUsd).toString()}::numeric, ${textArray(after.group)})`;
  const { rows } = await tx.execute<Record<string, string | null>>(sql`
    SELECT * FROM (${summed(query)}) sums ${behind}
    ORDER BY ${query.order === 'group' ? place : cheaper}
    LIMIT ${limit}`);
  return rows.map((row) => ({
    group: groupBy.map((_, index) => row[`group_${index}`] ?? null),
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    inputTokens: Number(row.input_tokens),
    cachedInputTokens: Number(row.cached_input_tokens),
    cacheWriteTokens: Number(row.cache_write_tokens),
    outputTokens: Number(row.output_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    picoUsd: BigInt(row.pico_usd ?? 0),
    savedPicoUsd: BigInt(row.saved_pico_usd ?? 0),
    unpricedAttempts: Number(row.unpriced),
    estimatedAttempts: Number(row.estimated),
  }));
}

function summed(query: StatementQuery): SQL {
  const { groupBy, timezone } = query;
  const columns = groupBy.map((group, i) => sql`${groupSql(group, timezone)} AS ${sql.raw(`group_${i}`)}, `);
  // By position: a parameter in SELECT and the same one in GROUP BY are not the same expression to Postgres.
  const grouping = groupBy.length === 0 ? '' : `GROUP BY ${groupBy.map((_, i) => i + 1).join(', ')}`;
  return sql`
    SELECT ${sql.join(columns)}
      coalesce(sum(requests), 0) AS requests, coalesce(sum(attempts), 0) AS attempts,
      coalesce(sum(input_tokens), 0) AS input_tokens,
      coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens,
      coalesce(sum(cache_write_tokens), 0) AS cache_write_tokens,
      coalesce(sum(output_tokens), 0) AS output_tokens,
      coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
      coalesce(sum(cost_pico_usd), 0) AS pico_usd,
      coalesce(sum(saved_pico_usd), 0) AS saved_pico_usd,
      coalesce(sum(unpriced_attempts), 0) AS unpriced,
      coalesce(sum(estimated_attempts), 0) AS estimated
    FROM (${sql.join(sources(query), sql` UNION ALL `)}) lines
    ${sql.raw(grouping)}`;
}

const DIMENSIONS = sql.raw(
  'org_id, team_id, user_id, key_id, provider, model, prompt_name, prompt_version, tags',
);
const TOKENS = sql.raw(
  'input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens',
);
const QUARTER_MS = 15 * 60_000;

/** The rollups of all whole quarters of an hour, and the lines before the first and after the last of them. */
function sources({ from, to, reach }: StatementQuery): SQL[] {
  const first = Math.ceil(from.getTime() / QUARTER_MS) * QUARTER_MS;
  const last = Math.floor(to.getTime() / QUARTER_MS) * QUARTER_MS;
  if (first >= last) return [linesOf(from.getTime(), to.getTime(), reach)];
  const found = [rollupsOf(first, last, reach)];
  if (from.getTime() < first) found.push(linesOf(from.getTime(), first, reach));
  if (last < to.getTime()) found.push(linesOf(last, to.getTime(), reach));
  return found;
}

function rollupsOf(fromMs: number, toMs: number, reach: UsageReach | undefined): SQL {
  return sql`
    SELECT ${DIMENSIONS}, starts_at, ${TOKENS}, requests, attempts, cost_pico_usd, saved_pico_usd,
      unpriced_attempts, estimated_attempts
    FROM usage_rollups WHERE ${during('starts_at', fromMs, toMs)} ${reachSql(reach)}`;
}

function linesOf(fromMs: number, toMs: number, reach: UsageReach | undefined): SQL {
  return sql`
    SELECT ${DIMENSIONS}, ${quarterOf(sql`occurred_at`)} AS starts_at, ${TOKENS}, (attempt = 1)::int AS requests,
      (outcome <> 'cached')::int AS attempts, cost_pico_usd, saved_pico_usd,
      (cost_pico_usd IS NULL)::int AS unpriced_attempts, (usage_source = 'estimated')::int AS estimated_attempts
    FROM usage_events WHERE ${during('occurred_at', fromMs, toMs)} ${reachSql(reach)}`;
}

function during(column: 'starts_at' | 'occurred_at', fromMs: number, toMs: number): SQL {
  const name = sql.raw(column);
  return sql`${name} >= ${new Date(fromMs).toISOString()} AND ${name} < ${new Date(toMs).toISOString()}`;
}

function groupSql(group: UsageGroup, timezone: string): SQL {
  const local = sql`(starts_at AT TIME ZONE ${timezone})`;
  switch (group) {
    case 'org':
    case 'team':
    case 'user':
    case 'key':
      return sql.raw(`${group}_id::text`);
    case 'provider':
    case 'model':
      return sql.raw(group);
    case 'prompt':
      return sql`prompt_name`;
    case 'prompt_version':
      return sql`prompt_name || '@' || prompt_version`;
    case 'day':
      return sql`to_char(${local}, 'YYYY-MM-DD')`;
    case 'hour':
      // As an instant: the hour that is lived through twice when summer ends is two hours.
      return sql`to_char((starts_at - (${local} - date_trunc('hour', ${local}))) AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
    default:
      return sql`tags->>${group.slice('tag:'.length)}`;
  }
}

function reachSql(reach: UsageReach | undefined): SQL {
  if (reach === undefined) return sql``;
  const own = [
    ...reach.teamIds.map((id) => sql`team_id = ${id}`),
    ...(reach.userId === null ? [] : [sql`user_id = ${reach.userId}`]),
    ...(reach.keyId === null ? [] : [sql`key_id = ${reach.keyId}`]),
  ];
  return own.length === 0 ? sql`AND false` : sql`AND (${sql.join(own, sql` OR `)})`;
}

function textArray(values: readonly (string | null)[]): SQL {
  return sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
}
