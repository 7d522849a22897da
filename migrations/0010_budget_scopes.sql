CREATE TABLE "budget_buckets" (
	"org_id" uuid NOT NULL,
	"budget_id" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"bucket_start" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"settled_pico_usd" numeric(38, 0) NOT NULL,
	CONSTRAINT "budget_buckets_pk" PRIMARY KEY("org_id","budget_id","subject_id","window_start","bucket_start")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"org_id" uuid NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"occurred_at" timestamp with time zone DEFAULT now() NOT NULL,
	"payload" jsonb NOT NULL,
	"delivered_at" timestamp with time zone,
	CONSTRAINT "outbox_org_id_key_pk" PRIMARY KEY("org_id","key")
);
--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "subject_name" text;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "alert_percents" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "rolling_seconds" integer;--> statement-breakpoint
ALTER TABLE "budget_windows" ADD COLUMN "opened_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "budgets" ADD COLUMN "prompt" text;--> statement-breakpoint
ALTER TABLE "budgets" ADD COLUMN "tag" text;--> statement-breakpoint
ALTER TABLE "budgets" ADD COLUMN "rolling_seconds" integer;--> statement-breakpoint
ALTER TABLE "budgets" ADD COLUMN "raises" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "budget_buckets" ADD CONSTRAINT "budget_buckets_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "budget_buckets_expiry" ON "budget_buckets" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "outbox_undelivered" ON "outbox" USING btree ("occurred_at") WHERE "outbox"."delivered_at" IS NULL;--> statement-breakpoint
ALTER TABLE "budget_leases" DROP COLUMN "details";
--> statement-breakpoint
ALTER TABLE budgets DROP CONSTRAINT budgets_scope;
--> statement-breakpoint
ALTER TABLE budgets ADD CONSTRAINT budgets_scope
  CHECK (scope IN ('org', 'team', 'user', 'key', 'prompt', 'tag'));
--> statement-breakpoint
ALTER TABLE budgets DROP CONSTRAINT budgets_window;
--> statement-breakpoint
ALTER TABLE budgets ADD CONSTRAINT budgets_window
  CHECK ("window" IN ('minute', 'hour', 'day', 'week', 'month', 'total', 'rolling')
    AND ("window" = 'rolling') = (rolling_seconds IS NOT NULL));
--> statement-breakpoint
ALTER TABLE budget_windows DROP CONSTRAINT budget_windows_scope;
--> statement-breakpoint
ALTER TABLE budget_windows ADD CONSTRAINT budget_windows_scope
  CHECK (scope IN ('org', 'team', 'user', 'key', 'prompt', 'tag'));
--> statement-breakpoint
-- When older windows were opened nobody noted; those that end have been open for most of the time.
ALTER TABLE budget_windows NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE budget_windows SET opened_at = window_start WHERE window_end IS NOT NULL;
--> statement-breakpoint
ALTER TABLE budget_windows FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- The owner is bound as well (FORCE): a forgotten SET ROLE sees nothing rather than everything.
ALTER TABLE budget_buckets ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE budget_buckets FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- app: one organisation's own, to read.
CREATE POLICY app ON budget_buckets FOR SELECT TO sluice_app USING (org_id = sluice_org());
--> statement-breakpoint
CREATE POLICY app ON outbox FOR SELECT TO sluice_app USING (org_id = sluice_org());
--> statement-breakpoint
GRANT SELECT ON budget_buckets, outbox TO sluice_app;
--> statement-breakpoint
-- writer: keeps the ledger, and says what happened; for every organisation.
CREATE POLICY writer ON budget_buckets TO sluice_writer USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY writer ON outbox TO sluice_writer USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON budget_buckets, outbox TO sluice_writer;
