-- What answers from the cache saved is in the sums, too. A node of the version before, which still drains while others
-- are upgraded, adds nothing to it.
ALTER TABLE "usage_rollups" ADD COLUMN "saved_pico_usd" numeric(38, 0) DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- Row security binds the owner too; the migration is one transaction, so nobody sees the tables without it.
ALTER TABLE usage_events NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_rollups NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Sums are added, not updated: rows with nothing but the savings, which the next folding joins with their group.
INSERT INTO usage_rollups (
  org_id, starts_at, fresh, team_id, user_id, key_id, provider, model, prompt_name, prompt_version, tags,
  requests, attempts, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
  cost_pico_usd, saved_pico_usd, unpriced_attempts, estimated_attempts)
SELECT org_id, date_bin('15 minutes', occurred_at, '2000-01-01Z'), true, team_id, user_id, key_id, provider, model,
  prompt_name, prompt_version, tags, 0, 0, 0, 0, 0, 0, 0, 0, sum(saved_pico_usd), 0, 0
FROM usage_events
WHERE saved_pico_usd IS NOT NULL
GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11;
--> statement-breakpoint
ALTER TABLE usage_rollups FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_events FORCE ROW LEVEL SECURITY;
