-- The partition of last resort: a row of any month has a place, however late or early it comes.
CREATE TABLE usage_events_default PARTITION OF usage_events DEFAULT;
CREATE TABLE audit_events_default PARTITION OF audit_events DEFAULT;
CREATE TABLE request_content_default PARTITION OF request_content DEFAULT;

-- Partitions are reached through their parent and its policies only; by their own name nobody sees a row.
ALTER TABLE usage_events_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_events_default FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_events_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events_default FORCE ROW LEVEL SECURITY;
ALTER TABLE request_content_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE request_content_default FORCE ROW LEVEL SECURITY;

-- Makes the monthly partitions (UTC) from last month to `months_ahead` months from now, and moves rows that
-- already wait for such a month in the default partition. Safe to repeat and to run on several nodes; gives up
-- after two seconds rather than queueing traffic behind its locks. Returns the number of partitions made.
CREATE FUNCTION sluice_ensure_partitions(months_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC'
AS $$
DECLARE
  parent text;
  month timestamptz;
  this_month timestamptz := date_trunc('month', now());
  partition text;
  rest text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sluice_ensure_partitions', 0));
  FOREACH parent IN ARRAY ARRAY['usage_events', 'audit_events', 'request_content'] LOOP
    rest := parent || '_default';
    FOR month IN
      SELECT generate_series(this_month - interval '1 month', this_month + make_interval(months => months_ahead), '1 month')
    LOOP
      partition := parent || to_char(month, '"_"YYYY"_"MM');
      CONTINUE WHEN to_regclass(partition) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition, parent);
      -- Lifted for this transaction, under the exclusive lock that the attachment needs anyway: the owner moves rows.
      EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', rest);
      EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE occurred_at >= $1 AND occurred_at < $2 RETURNING *) INSERT INTO %I SELECT * FROM moved',
        rest, partition
      ) USING month, month + interval '1 month';
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', rest);
      EXECUTE format(
        'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, partition, month, month + interval '1 month'
      );
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition);
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;
REVOKE ALL ON FUNCTION sluice_ensure_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sluice_ensure_partitions(integer) TO sluice_writer;

SELECT sluice_ensure_partitions(3);
