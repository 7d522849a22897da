CREATE TABLE "stored_responses" (
	"org_id" uuid NOT NULL,
	"id" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"requested_model" text NOT NULL,
	"team_id" uuid,
	"key_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "stored_responses_org_id_id_pk" PRIMARY KEY("org_id","id")
);
--> statement-breakpoint
-- The owner is bound as well (FORCE): a forgotten SET ROLE sees nothing rather than everything.
ALTER TABLE stored_responses ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE stored_responses FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- app: asks whose a response is, of one organisation's own.
CREATE POLICY app ON stored_responses FOR SELECT TO sluice_app USING (org_id = sluice_org());
--> statement-breakpoint
GRANT SELECT ON stored_responses TO sluice_app;
--> statement-breakpoint
-- writer: drains the journal, which says what was made and what was deleted; nothing is ever changed.
CREATE POLICY writer_reads ON stored_responses FOR SELECT TO sluice_writer USING (true);
--> statement-breakpoint
CREATE POLICY writer_adds ON stored_responses FOR INSERT TO sluice_writer WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY writer_deletes ON stored_responses FOR DELETE TO sluice_writer USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON stored_responses TO sluice_writer;
