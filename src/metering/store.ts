import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../storage/database.ts';
import type { Sink } from '../storage/journal/sink.ts';

/** Inserts the usage lines of drained records (`MeteredRequest`); a line that is there already stays as it is. */
export const usageSink: Sink = {
  name: 'usage',
  async insert(tx, batch) {
    if (!batch.json.includes('"usage":[{')) return;
    await tx.execute(sql`
      INSERT INTO usage_events (
        org_id, occurred_at, id, request_id, attempt, team_id, user_id, key_id, end_user, operation,
        requested_model, provider, model, region, prompt_name, prompt_version, tags, stream,
        input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, audio_input_tokens,
        output_tokens, reasoning_tokens, audio_output_tokens, usage_source, cost_pico_usd, price_version,
        saved_pico_usd, outcome, reason, status, first_byte_ms, duration_ms)
      SELECT
        r.org_id, u.occurred_at, u.id, r.id, u.attempt, r.team_id, r.user_id, r.key_id,
        r.details->>'end_user', r.action, coalesce(r.details->>'model', ''), u.provider, u.model, u.region,
        r.details->'prompt'->>'name', (r.details->'prompt'->>'version')::integer, r.details->'tags',
        (r.details->'stream')::boolean,
        u.input_tokens, u.cached_input_tokens, u.cache_write_tokens, u.cache_write_1h_tokens, u.audio_input_tokens,
        u.output_tokens, u.reasoning_tokens, u.audio_output_tokens, u.usage_source, u.cost_pico_usd,
        u.price_version, u.saved_pico_usd, u.outcome, u.reason, u.status, u.first_byte_ms, u.duration_ms
      FROM jsonb_to_recordset(${batch.source}) AS r(
        id uuid, org_id uuid, team_id uuid, user_id uuid, key_id uuid, action text, details jsonb, usage jsonb)
      CROSS JOIN LATERAL jsonb_to_recordset(r.usage) AS u(
        occurred_at timestamptz, id uuid, attempt integer, provider text, model text, region text,
        input_tokens integer, cached_input_tokens integer, cache_write_tokens integer,
        cache_write_1h_tokens integer, audio_input_tokens integer, output_tokens integer,
        reasoning_tokens integer, audio_output_tokens integer, usage_source text, cost_pico_usd numeric(38, 0),
        price_version text, saved_pico_usd numeric(38, 0), outcome text, reason text, status integer, first_byte_ms integer, duration_ms integer)
      ON CONFLICT DO NOTHING`);
  },
};

export const USAGE_GROUPS = ['team', 'user', 'key', 'provider', 'model', 'prompt', 'day', 'hour'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number] | `tag:${string}`;

/** Whose usage may be seen; undefined = everybody's in the organisation. */
export interface UsageReach {
  readonly teamIds: readonly string[];
  readonly userId: string | null;
  readonly keyId: string | null;
}

export interface UsageQuery {
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  readonly groupBy: readonly UsageGroup[];
  readonly reach: UsageReach | undefined;
  readonly limit: number;
}

/** Sums over one group. `cost` leaves out the attempts that `unpriced` counts. */
export interface UsageSum {
  readonly group: Readonly<Record<string, string | null>>;
  readonly requests: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly picoUsd: bigint;
  readonly unpricedAttempts: number;
  /** What answers from the cache had cost. */
  readonly savedPicoUsd: bigint;
}

const GROUP_SQL: Readonly<Record<(typeof USAGE_GROUPS)[number], SQL>> = {
  team: sql`team_id::text`,
  user: sql`user_id::text`,
  key: sql`key_id::text`,
  provider: sql`provider`,
  model: sql`model`,
  prompt: sql`prompt_name`,
  day: sql`to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  hour: sql`to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`,
};

function groupSql(group: UsageGroup): SQL {
  const known = USAGE_GROUPS.find((name) => name === group);
  return known === undefined ? sql`tags->>${group.slice('tag:'.length)}` : GROUP_SQL[known];
}

/** Usage of the organisation that `tx` sees, dearest groups first. */
export async function sumUsage(tx: Tx, query: UsageQuery): Promise<UsageSum[]> {
  const { groupBy, reach } = query;
  const columns = groupBy.map((group, index) => sql`${groupSql(group)} AS ${sql.raw(`group_${index}`)}, `);
  // By position: a parameter in SELECT and the same one in GROUP BY are not the same expression to Postgres.
  const grouping =
    groupBy.length === 0 ? sql`` : sql.raw(`GROUP BY ${groupBy.map((_, i) => i + 1).join(', ')}`);
  const { rows } = await tx.execute<Record<string, string | null>>(sql`
    SELECT ${sql.join(columns)}
      count(DISTINCT request_id) AS requests, 
      count(*) FILTER (WHERE outcome <> 'cached') AS attempts,
      coalesce(sum(saved_pico_usd), 0) AS saved_pico_usd,
      coalesce(sum(input_tokens), 0) AS input_tokens,
      coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens,
      coalesce(sum(output_tokens), 0) AS output_tokens,
      coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
      coalesce(sum(cost_pico_usd), 0) AS pico_usd,
      count(*) FILTER (WHERE cost_pico_usd IS NULL) AS unpriced
    FROM usage_events
    WHERE occurred_at >= ${query.from.toISOString()} AND occurred_at < ${query.to.toISOString()}
      ${reach === undefined ? sql`` : sql`AND ${reachSql(reach)}`}
    ${grouping}
    ORDER BY pico_usd DESC, attempts DESC
    LIMIT ${query.limit}`);
  return rows.map((row) => ({
    group: Object.fromEntries(groupBy.map((group, index) => [group, row[`group_${index}`] ?? null])),
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    inputTokens: Number(row.input_tokens),
    cachedInputTokens: Number(row.cached_input_tokens),
    outputTokens: Number(row.output_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    picoUsd: BigInt(row.pico_usd ?? 0),
    unpricedAttempts: Number(row.unpriced),
    savedPicoUsd: BigInt(row.saved_pico_usd ?? 0),
  }));
}

function reachSql(reach: UsageReach): SQL {
  const own = [
    ...reach.teamIds.map((id) => sql`team_id = ${id}`),
    ...(reach.userId === null ? [] : [sql`user_id = ${reach.userId}`]),
    ...(reach.keyId === null ? [] : [sql`key_id = ${reach.keyId}`]),
  ];
  return own.length === 0 ? sql`false` : sql`(${sql.join(own, sql` OR `)})`;
}
