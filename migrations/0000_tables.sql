CREATE TABLE "audit_events" (
	"org_id" uuid,
	"occurred_at" timestamp with time zone NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"request_id" text NOT NULL,
	"actor" text NOT NULL,
	"team_id" uuid,
	"user_id" uuid,
	"key_id" uuid,
	"remote_address" text,
	"action" text NOT NULL,
	"resource" text,
	"outcome" text NOT NULL,
	"fault" text,
	"status" integer,
	"duration_ms" integer,
	"details" jsonb NOT NULL
) PARTITION BY RANGE ("occurred_at");

CREATE TABLE "request_content" (
	"org_id" uuid NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"id" uuid NOT NULL,
	"request" text NOT NULL,
	"answer" text
) PARTITION BY RANGE ("occurred_at");

CREATE TABLE "budget_leases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"budget_id" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"node_id" text NOT NULL,
	"remaining_pico_usd" numeric(38, 0) NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"details" jsonb
);

CREATE TABLE "budget_windows" (
	"org_id" uuid NOT NULL,
	"budget_id" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"amount_pico_usd" numeric(38, 0) NOT NULL,
	"hard" boolean NOT NULL,
	"settled_pico_usd" numeric(38, 0) DEFAULT 0 NOT NULL,
	"leased_pico_usd" numeric(38, 0) DEFAULT 0 NOT NULL,
	CONSTRAINT "budget_windows_org_id_budget_id_subject_id_window_start_pk" PRIMARY KEY("org_id","budget_id","subject_id","window_start"),
	CONSTRAINT "budget_windows_leased" CHECK ("budget_windows"."leased_pico_usd" >= 0),
	CONSTRAINT "budget_windows_settled" CHECK ("budget_windows"."settled_pico_usd" >= 0)
);

CREATE TABLE "budgets" (
	"org_id" uuid NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"scope" text NOT NULL,
	"scope_id" uuid,
	"models" text[],
	"window" text NOT NULL,
	"timezone" text DEFAULT 'UTC' NOT NULL,
	"amount_pico_usd" numeric(38, 0) NOT NULL,
	"hard" boolean DEFAULT true NOT NULL,
	"alert_percents" integer[] DEFAULT '{}' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budgets_org_id_id_pk" PRIMARY KEY("org_id","id")
);

CREATE TABLE "memberships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"team_id" uuid,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_once" UNIQUE NULLS NOT DISTINCT("org_id","user_id","team_id")
);

CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"plan" text DEFAULT 'standard' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"allowed_providers" text[],
	"restricted_providers" text[] DEFAULT '{}' NOT NULL,
	"default_provider" text,
	"data_residency" text[],
	"retention_days" integer DEFAULT 365 NOT NULL,
	"allowed_email_domains" text[],
	"byok_allowed" boolean DEFAULT false NOT NULL,
	"export_allowed" boolean DEFAULT true NOT NULL,
	"store_content" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisations_slug_unique" UNIQUE("slug")
);

CREATE TABLE "platform_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hint" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "platform_keys_hash_unique" UNIQUE("hash")
);

CREATE TABLE "teams" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"name" text NOT NULL,
	"cost_center" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "teams_name" UNIQUE("org_id","name"),
	CONSTRAINT "teams_within_org" UNIQUE("org_id","id")
);

CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"external_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email" UNIQUE("org_id","email"),
	CONSTRAINT "users_external_id" UNIQUE("org_id","external_id"),
	CONSTRAINT "users_within_org" UNIQUE("org_id","id")
);

CREATE TABLE "virtual_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"team_id" uuid,
	"user_id" uuid,
	"name" text NOT NULL,
	"kind" text DEFAULT 'inference' NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"hint" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"previous_hash" "bytea",
	"previous_expires_at" timestamp with time zone,
	"status" text DEFAULT 'active' NOT NULL,
	"expires_at" timestamp with time zone,
	"models" text[],
	"ip_ranges" text[],
	"tags" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "usage_events" (
	"org_id" uuid NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"team_id" uuid,
	"user_id" uuid,
	"key_id" uuid,
	"end_user" text,
	"operation" text NOT NULL,
	"requested_model" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"region" text,
	"prompt_name" text,
	"prompt_version" integer,
	"tags" jsonb NOT NULL,
	"stream" boolean NOT NULL,
	"input_tokens" integer NOT NULL,
	"cached_input_tokens" integer NOT NULL,
	"cache_write_tokens" integer NOT NULL,
	"cache_write_1h_tokens" integer NOT NULL,
	"audio_input_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"reasoning_tokens" integer NOT NULL,
	"audio_output_tokens" integer NOT NULL,
	"usage_source" text NOT NULL,
	"cost_pico_usd" numeric(38, 0),
	"price_version" text,
	"outcome" text NOT NULL,
	"reason" text,
	"status" integer,
	"first_byte_ms" integer,
	"duration_ms" integer,
	CONSTRAINT "usage_events_org_id_occurred_at_id_pk" PRIMARY KEY("org_id","occurred_at","id")
) PARTITION BY RANGE ("occurred_at");

CREATE TABLE "prompt_labels" (
	"org_id" uuid NOT NULL,
	"prompt_id" uuid NOT NULL,
	"label" text NOT NULL,
	"version" integer NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "prompt_labels_org_id_prompt_id_label_pk" PRIMARY KEY("org_id","prompt_id","label")
);

CREATE TABLE "prompt_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"prompt_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"template" jsonb NOT NULL,
	"digest" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "prompt_versions_number" UNIQUE("org_id","prompt_id","version")
);

CREATE TABLE "prompts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"org_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"aliases" text[] DEFAULT '{}' NOT NULL,
	"archived" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "prompts_name" UNIQUE("org_id","name"),
	CONSTRAINT "prompts_within_org" UNIQUE("org_id","id")
);

CREATE TABLE "snapshot_versions" (
	"house" text PRIMARY KEY NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE "budget_leases" ADD CONSTRAINT "budget_leases_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "budget_windows" ADD CONSTRAINT "budget_windows_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "budgets" ADD CONSTRAINT "budgets_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "memberships" ADD CONSTRAINT "memberships_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user" FOREIGN KEY ("org_id","user_id") REFERENCES "public"."users"("org_id","id") ON DELETE cascade ON UPDATE no action;ALTER TABLE "memberships" ADD CONSTRAINT "memberships_team" FOREIGN KEY ("org_id","team_id") REFERENCES "public"."teams"("org_id","id") ON DELETE cascade ON UPDATE no action;ALTER TABLE "teams" ADD CONSTRAINT "teams_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "users" ADD CONSTRAINT "users_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_team" FOREIGN KEY ("org_id","team_id") REFERENCES "public"."teams"("org_id","id") ON DELETE no action ON UPDATE no action;ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_user" FOREIGN KEY ("org_id","user_id") REFERENCES "public"."users"("org_id","id") ON DELETE no action ON UPDATE no action;ALTER TABLE "prompt_labels" ADD CONSTRAINT "prompt_labels_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "prompt_labels" ADD CONSTRAINT "prompt_labels_version" FOREIGN KEY ("org_id","prompt_id","version") REFERENCES "public"."prompt_versions"("org_id","prompt_id","version") ON DELETE no action ON UPDATE no action;ALTER TABLE "prompt_versions" ADD CONSTRAINT "prompt_versions_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;ALTER TABLE "prompt_versions" ADD CONSTRAINT "prompt_versions_prompt" FOREIGN KEY ("org_id","prompt_id") REFERENCES "public"."prompts"("org_id","id") ON DELETE no action ON UPDATE no action;ALTER TABLE "prompts" ADD CONSTRAINT "prompts_org_id_organisations_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;CREATE UNIQUE INDEX "audit_events_id" ON "audit_events" USING btree ("occurred_at","id"); CREATE INDEX "audit_events_org" ON "audit_events" USING btree ("org_id","occurred_at"); CREATE INDEX "audit_events_request" ON "audit_events" USING btree ("request_id"); CREATE UNIQUE INDEX "request_content_id" ON "request_content" USING btree ("org_id","occurred_at","id"); CREATE INDEX "budget_leases_window" ON "budget_leases" USING btree ("org_id","budget_id","subject_id","window_start"); CREATE INDEX "budget_leases_expiry" ON "budget_leases" USING btree ("expires_at"); CREATE UNIQUE INDEX "virtual_keys_hash" ON "virtual_keys" USING btree ("hash"); CREATE UNIQUE INDEX "virtual_keys_previous_hash" ON "virtual_keys" USING btree ("previous_hash"); CREATE INDEX "virtual_keys_org" ON "virtual_keys" USING btree ("org_id"); CREATE INDEX "usage_events_key" ON "usage_events" USING btree ("org_id","key_id","occurred_at"); CREATE INDEX "usage_events_request" ON "usage_events" USING btree ("request_id");

-- By hand from here: what drizzle's `enum` only tells TypeScript. The three event tables have no such checks on
-- purpose: a record that was accepted must never be refused by the table it is drained into.
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_status" CHECK ("status" IN ('active', 'suspended', 'deleted'));
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_retention" CHECK ("retention_days" > 0);
ALTER TABLE "platform_keys" ADD CONSTRAINT "platform_keys_status" CHECK ("status" IN ('active', 'revoked'));
ALTER TABLE "users" ADD CONSTRAINT "users_status" CHECK ("status" IN ('active', 'blocked', 'deleted'));
ALTER TABLE "users" ADD CONSTRAINT "users_email_lower" CHECK ("email" = lower("email"));
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_role" CHECK ("role" IN ('owner', 'admin', 'manager', 'member'));
ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_kind" CHECK ("kind" IN ('inference', 'admin'));
ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_role" CHECK ("role" IN ('owner', 'admin', 'manager', 'member'));
ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_status" CHECK ("status" IN ('active', 'blocked', 'revoked'));
ALTER TABLE "prompt_versions" ADD CONSTRAINT "prompt_versions_positive" CHECK ("version" > 0);
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_scope" CHECK ("scope" IN ('org', 'team', 'user', 'key'));
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_window" CHECK ("window" IN ('minute', 'hour', 'day', 'week', 'month', 'total'));
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_status" CHECK ("status" IN ('active', 'deleted'));
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_amount" CHECK ("amount_pico_usd" >= 0);
ALTER TABLE "budget_leases" ADD CONSTRAINT "budget_leases_remaining" CHECK ("remaining_pico_usd" >= 0);
