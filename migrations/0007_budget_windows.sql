-- What dashboards and reports need stands in the window itself: most budgets are declared in policy files, of
-- which the database knows nothing else.
ALTER TABLE "budget_windows" ALTER COLUMN "amount_pico_usd" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "window_end" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "name" text;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "scope" text;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "described_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD CONSTRAINT "budget_windows_hard_amount" CHECK (NOT "budget_windows"."hard" OR "budget_windows"."amount_pico_usd" IS NOT NULL);
--> statement-breakpoint
ALTER TABLE "budget_windows" ADD CONSTRAINT "budget_windows_scope" CHECK ("scope" IN ('org', 'team', 'user', 'key'));
--> statement-breakpoint
-- Rows that are there already learn what the database knows; those of policies are described by their next request.
-- Row security binds the owner too; the migration is one transaction, so nobody sees the tables without it.
ALTER TABLE budget_windows NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE budgets NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE budget_windows w
SET name = b.name, scope = b.scope,
    amount_pico_usd = CASE WHEN w.hard THEN w.amount_pico_usd ELSE b.amount_pico_usd END,
    window_end = CASE b."window"
      WHEN 'total' THEN NULL
      WHEN 'minute' THEN w.window_start + interval '1 minute'
      WHEN 'hour' THEN w.window_start + interval '1 hour'
      ELSE (w.window_start AT TIME ZONE b.timezone + ('1 ' || b."window")::interval) AT TIME ZONE b.timezone
    END
FROM budgets b
WHERE b.org_id = w.org_id AND b.id = w.budget_id;
--> statement-breakpoint
UPDATE budget_windows SET amount_pico_usd = NULL WHERE NOT hard AND amount_pico_usd = 0 AND scope IS NULL;
--> statement-breakpoint
ALTER TABLE budget_windows FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE budgets FORCE ROW LEVEL SECURITY;
