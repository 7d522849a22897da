-- Nothing asked this setting until now. New organisations may bring keys of providers, and those that did still may.
ALTER TABLE "organisations" ALTER COLUMN "byok_allowed" SET DEFAULT true;
--> statement-breakpoint
-- Row security binds the owner too; the migration is one transaction, so nobody sees the tables without it.
ALTER TABLE organisations NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE provider_keys NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE organisations SET byok_allowed = true WHERE id IN (SELECT org_id FROM provider_keys);
--> statement-breakpoint
ALTER TABLE provider_keys FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE organisations FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Drops one monthly partition of `parent` from which everything has expired. Safe to repeat and to run on several
-- nodes; gives up after two seconds rather than queueing traffic behind its locks. Returns whether it did.
CREATE FUNCTION sluice_drop_partition(parent text, month text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC'
AS $$
DECLARE
  partition text := parent || '_' || month;
  used boolean;
BEGIN
  IF parent NOT IN ('usage_events', 'audit_events', 'request_content') OR month !~ '^\d{4}_(0[1-9]|1[0-2])$' THEN
    RAISE EXCEPTION '% has no partition for %', parent, month;
  END IF;
  -- the current month and the one before are made anew by sluice_ensure_partitions
  IF to_date(month, 'YYYY_MM') >= date_trunc('month', now()) - interval '1 month' THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('sluice_ensure_partitions', 0));
  IF to_regclass(partition) IS NULL THEN
    RETURN false;
  END IF;
  -- Lifted for this transaction, under the exclusive lock that the removal needs anyway: the owner has to see rows.
  EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', partition);
  EXECUTE format('SELECT EXISTS (SELECT FROM %I)', partition) INTO used;
  IF used THEN
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition);
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE %I', partition);
  RETURN true;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION sluice_drop_partition(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION sluice_drop_partition(text, text) TO sluice_writer;
