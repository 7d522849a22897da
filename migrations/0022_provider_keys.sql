CREATE TABLE "provider_keys" (
	"org_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"provider" text NOT NULL,
	"name" text NOT NULL,
	"weight" integer NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"sealed" "bytea" NOT NULL,
	"sealed_with" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_keys_org_id_id_pk" PRIMARY KEY("org_id","id"),
	CONSTRAINT "provider_keys_name" UNIQUE("org_id","provider","name")
);
--> statement-breakpoint
ALTER TABLE "provider_keys" ADD CONSTRAINT "provider_keys_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- The owner is bound as well (FORCE): a forgotten SET ROLE sees nothing rather than everything.
ALTER TABLE provider_keys ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE provider_keys FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- app: an organisation's own, sealed.
CREATE POLICY app ON provider_keys TO sluice_app USING (org_id = sluice_org()) WITH CHECK (org_id = sluice_org());
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_keys TO sluice_app;
--> statement-breakpoint
-- loader: what the gateway opens and keeps in memory.
CREATE POLICY loader ON provider_keys FOR SELECT TO sluice_loader USING (true);
--> statement-breakpoint
GRANT SELECT ON provider_keys TO sluice_loader;
--> statement-breakpoint
INSERT INTO snapshot_versions (house) VALUES ('providers');
--> statement-breakpoint
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON provider_keys
  FOR EACH STATEMENT EXECUTE FUNCTION sluice_note_change('providers');
