CREATE TABLE "nodes" (
	"name" text PRIMARY KEY NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- writer: every node tells that it runs, counts the others, and sweeps those that are long gone.
GRANT SELECT, INSERT, UPDATE, DELETE ON nodes TO sluice_writer;
