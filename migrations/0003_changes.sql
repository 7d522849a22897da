-- Counts the changes of each house whose tables feed a snapshot, and tells whoever listens. The counter is a
-- row and not a sequence, so that a new version becomes visible together with the change it stands for.
INSERT INTO snapshot_versions (house) VALUES ('identity'), ('prompts'), ('budgets');

CREATE FUNCTION sluice_note_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  UPDATE snapshot_versions SET version = version + 1, changed_at = now() WHERE house = TG_ARGV[0];
  PERFORM pg_notify('sluice_changed', TG_ARGV[0]);
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION sluice_note_change() FROM PUBLIC;

DO $$
DECLARE
  watched record;
BEGIN
  FOR watched IN
    SELECT * FROM (VALUES
      ('identity', 'organisations'), ('identity', 'platform_keys'), ('identity', 'teams'),
      ('identity', 'users'), ('identity', 'memberships'), ('identity', 'virtual_keys'),
      ('prompts', 'prompts'), ('prompts', 'prompt_versions'), ('prompts', 'prompt_labels'),
      -- definitions only: the ledger changes with every lease
      ('budgets', 'budgets')
    ) AS pairs (house, name)
  LOOP
    EXECUTE format(
      'CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION sluice_note_change(%L)',
      watched.name, watched.house
    );
  END LOOP;
END
$$;
