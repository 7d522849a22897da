import { type SQL, sql } from 'drizzle-orm';
import type { Sink } from '../storage/journal/sink.ts';

/**
 * Inserts the usage lines of drained records (`MeteredRequest`), and the sums of those that are new. A line that is
 * there already stays as it is and is not counted again, whoever drains it. Members that records of older versions
 * lack count as nothing.
 */
export const usageSink: Sink = {
  name: 'usage',
  async insert(tx, batch) {
    if (!batch.json.includes('"usage":[{')) return;
    await tx.execute(sql`
      WITH added AS (${insertLines(batch.source)})
      INSERT INTO usage_rollups (
        org_id, starts_at, fresh, team_id, user_id, key_id, provider, model, prompt_name, prompt_version, tags,
        requests, attempts, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
        cost_pico_usd, saved_pico_usd, unpriced_attempts, estimated_attempts)
      SELECT org_id, ${quarterOf(sql`occurred_at`)}, true, team_id, user_id, key_id, provider, model, prompt_name,
        prompt_version, tags,
        count(*) FILTER (WHERE attempt = 1), count(*) FILTER (WHERE outcome <> 'cached'), sum(input_tokens), sum(cached_input_tokens),
        sum(cache_write_tokens), sum(output_tokens), sum(reasoning_tokens), coalesce(sum(cost_pico_usd), 0),
        coalesce(sum(saved_pico_usd), 0),
        count(*) FILTER (WHERE cost_pico_usd IS NULL), count(*) FILTER (WHERE usage_source = 'estimated')
      FROM added
      GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11`);
  },
};

/** The begin of the quarter of an hour that an instant falls in. */
export function quarterOf(instant: SQL): SQL {
  return sql`date_bin('15 minutes', ${instant}, '2000-01-01Z')`;
}

function insertLines(source: SQL): SQL {
  return sql`
    INSERT INTO usage_events (
      org_id, occurred_at, id, request_id, attempt, team_id, user_id, key_id, end_user, operation,
      requested_model, provider, model, region, prompt_name, prompt_version, tags, stream,
      input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, audio_input_tokens,
      image_input_tokens, output_tokens, reasoning_tokens, audio_output_tokens, image_output_tokens,
      web_searches, file_searches, service_tier, regional, usage_source, cost_pico_usd, price_version,
      saved_pico_usd, outcome, reason, status, first_byte_ms, duration_ms)
    SELECT
      r.org_id, u.occurred_at, u.id, r.id, u.attempt, r.team_id, r.user_id, r.key_id,
      r.details->>'end_user', r.action, coalesce(r.details->>'model', ''), u.provider, u.model, u.region,
      r.details->'prompt'->>'name', (r.details->'prompt'->>'version')::integer, r.details->'tags',
      (r.details->'stream')::boolean,
      u.input_tokens, u.cached_input_tokens, u.cache_write_tokens, u.cache_write_1h_tokens, u.audio_input_tokens,
      coalesce(u.image_input_tokens, 0), u.output_tokens, u.reasoning_tokens, u.audio_output_tokens,
      coalesce(u.image_output_tokens, 0), coalesce(u.web_searches, 0), coalesce(u.file_searches, 0),
      coalesce(u.service_tier, 'standard'), coalesce(u.regional, false), u.usage_source, u.cost_pico_usd,
      u.price_version, u.saved_pico_usd, u.outcome, u.reason, u.status, u.first_byte_ms, u.duration_ms
    FROM jsonb_to_recordset(${source}) AS r(
      id uuid, org_id uuid, team_id uuid, user_id uuid, key_id uuid, action text, details jsonb, usage jsonb)
    CROSS JOIN LATERAL jsonb_to_recordset(r.usage) AS u(
      occurred_at timestamptz, id uuid, attempt integer, provider text, model text, region text,
      input_tokens integer, cached_input_tokens integer, cache_write_tokens integer,
      cache_write_1h_tokens integer, audio_input_tokens integer, image_input_tokens integer,
      output_tokens integer, reasoning_tokens integer, audio_output_tokens integer, image_output_tokens integer,
      web_searches integer, file_searches integer, service_tier text, regional boolean,
      usage_source text, cost_pico_usd numeric(38, 0), price_version text, saved_pico_usd numeric(38, 0),
      outcome text, reason text,
      status integer, first_byte_ms integer, duration_ms integer)
    ON CONFLICT DO NOTHING
    RETURNING *`;
}
