CREATE TABLE "usage_rollups" (
	"org_id" uuid NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"fresh" boolean NOT NULL,
	"team_id" uuid,
	"user_id" uuid,
	"key_id" uuid,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"prompt_name" text,
	"prompt_version" integer,
	"tags" jsonb NOT NULL,
	"requests" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"input_tokens" bigint NOT NULL,
	"cached_input_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"reasoning_tokens" bigint NOT NULL,
	"cost_pico_usd" numeric(38, 0) NOT NULL,
	"unpriced_attempts" bigint NOT NULL,
	"estimated_attempts" bigint NOT NULL,
	CONSTRAINT "usage_rollups_org_id_starts_at_id_pk" PRIMARY KEY("org_id","starts_at","id")
);
--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "image_input_tokens" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "image_output_tokens" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "web_searches" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "file_searches" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "service_tier" text DEFAULT 'standard' NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_events" ADD COLUMN "regional" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "usage_rollups_fresh" ON "usage_rollups" USING btree ("org_id","starts_at") WHERE fresh;
--> statement-breakpoint
-- The owner is bound as well (FORCE): a forgotten SET ROLE sees nothing rather than everything.
ALTER TABLE usage_rollups ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Fills the sums from the lines that are there. Row security binds the owner too; the migration is one transaction,
-- so nobody sees the tables without it.
ALTER TABLE usage_events NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO usage_rollups (
  org_id, starts_at, fresh, team_id, user_id, key_id, provider, model, prompt_name, prompt_version, tags,
  requests, attempts, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
  cost_pico_usd, unpriced_attempts, estimated_attempts)
SELECT org_id, date_bin('15 minutes', occurred_at, '2000-01-01Z'), false, team_id, user_id, key_id, provider, model,
  prompt_name, prompt_version, tags,
  count(*) FILTER (WHERE attempt = 1), count(*), sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens),
  sum(output_tokens), sum(reasoning_tokens), coalesce(sum(cost_pico_usd), 0),
  count(*) FILTER (WHERE cost_pico_usd IS NULL), count(*) FILTER (WHERE usage_source = 'estimated')
FROM usage_events
GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11;
--> statement-breakpoint
ALTER TABLE usage_events FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE usage_rollups FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- app: one organisation's own sums.
CREATE POLICY app ON usage_rollups FOR SELECT TO sluice_app USING (org_id = sluice_org());
--> statement-breakpoint
GRANT SELECT ON usage_rollups TO sluice_app;
--> statement-breakpoint
-- writer: adds sums with the lines that they are of, and folds them; no row is ever changed.
CREATE POLICY writer_reads ON usage_rollups FOR SELECT TO sluice_writer USING (true);
--> statement-breakpoint
CREATE POLICY writer_adds ON usage_rollups FOR INSERT TO sluice_writer WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY writer_folds ON usage_rollups FOR DELETE TO sluice_writer USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON usage_rollups TO sluice_writer;
--> statement-breakpoint
-- reports: dashboards.
CREATE POLICY reports ON usage_rollups FOR SELECT TO sluice_reports USING (true);
--> statement-breakpoint
GRANT SELECT ON usage_rollups TO sluice_reports;
--> statement-breakpoint
-- platform: the statement of account over all organisations, to the minute at its ends.
CREATE POLICY platform ON usage_rollups FOR SELECT TO sluice_platform USING (true);
--> statement-breakpoint
GRANT SELECT ON usage_rollups TO sluice_platform;
--> statement-breakpoint
CREATE POLICY platform ON usage_events FOR SELECT TO sluice_platform USING (true);
--> statement-breakpoint
GRANT SELECT ON usage_events TO sluice_platform;
