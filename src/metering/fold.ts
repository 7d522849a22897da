import { sql } from 'drizzle-orm';
import type { Database } from '../storage/database.ts';

/** Quarters of an hour (of one organisation) per transaction. */
const QUARTERS = 100;

/**
 * Makes one row of all rows of a group in usage_rollups, for quarters of an hour to which something was added since
 * the last time, late corrections of old ones included. May run on every node at any time: one works, the others
 * pass; and a reader sees the sums before or after, which are the same.
 *
 * @returns how many rows it took away; 0 where there was nothing to do, or another node was at it
 */
export async function foldRollups(db: Database): Promise<number> {
  let removed = 0;
  for (;;) {
    const round = await foldSome(db);
    removed += round.before - round.after;
    if (round.before === 0) return removed;
  }
}

async function foldSome(db: Database): Promise<{ before: number; after: number }> {
  const { rows } = await db.write((tx) =>
    tx.execute<{ before: number; after: number }>(sql`
      WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended('sluice fold usage', 0)) AS mine),
      due AS (
        SELECT DISTINCT org_id, starts_at FROM usage_rollups, turn WHERE turn.mine AND fresh LIMIT ${QUARTERS}
      ),
      gone AS (
        DELETE FROM usage_rollups r USING due
        WHERE (r.org_id, r.starts_at) = (due.org_id, due.starts_at)
        RETURNING r.*
      ),
      folded AS (
        INSERT INTO usage_rollups (
          org_id, starts_at, fresh, team_id, user_id, key_id, provider, model, prompt_name, prompt_version, tags,
          requests, attempts, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
          cost_pico_usd, saved_pico_usd, unpriced_attempts, estimated_attempts)
        SELECT org_id, starts_at, false, team_id, user_id, key_id, provider, model, prompt_name, prompt_version, tags,
          sum(requests), sum(attempts), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
          sum(output_tokens), sum(reasoning_tokens), sum(cost_pico_usd), sum(saved_pico_usd),
          sum(unpriced_attempts), sum(estimated_attempts)
        FROM gone
        GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11
        RETURNING 1
      )
      SELECT (SELECT count(*) FROM gone)::int AS before, (SELECT count(*) FROM folded)::int AS after`),
  );
  return rows[0] ?? { before: 0, after: 0 };
}
