-- DANGER: creates the cluster-wide roles sluice_app, sluice_loader, sluice_writer and sluice_platform, shared by every database of the server.

-- Several databases of one cluster may be migrated at once: whoever loses the race finds the role there.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['sluice_app', 'sluice_loader', 'sluice_writer', 'sluice_platform'] LOOP
    FOR attempt IN 1..20 LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'SET') THEN
          EXECUTE format('GRANT %I TO CURRENT_USER WITH SET TRUE, INHERIT FALSE', wanted);
        END IF;
        EXIT;
      EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
        -- internal_error: "tuple concurrently updated"
        IF attempt = 20 THEN RAISE; END IF;
        PERFORM pg_sleep(0.05 * random());
      END;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
      RAISE EXCEPTION 'role % may bypass row security; run: ALTER ROLE % NOSUPERUSER NOBYPASSRLS', wanted, wanted;
    END IF;
  END LOOP;
END
$$;

-- The organisation of the transaction, or null where none was set: then no row matches.
CREATE FUNCTION sluice_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('sluice.org_id', true), '')::uuid;

GRANT USAGE ON SCHEMA public TO sluice_app, sluice_loader, sluice_writer, sluice_platform;

-- The owner is bound as well (FORCE): a forgotten SET ROLE sees nothing rather than everything.
DO $$
DECLARE
  guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY[
    'organisations', 'platform_keys', 'teams', 'users', 'memberships', 'virtual_keys',
    'prompts', 'prompt_versions', 'prompt_labels', 'budgets', 'budget_windows', 'budget_leases',
    'usage_events', 'audit_events', 'request_content'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
  END LOOP;
END
$$;

-- app: one organisation's own rows.
CREATE POLICY app ON organisations TO sluice_app USING (id = sluice_org()) WITH CHECK (id = sluice_org());
DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY[
    'teams', 'users', 'memberships', 'virtual_keys', 'prompts', 'prompt_versions', 'prompt_labels',
    'budgets', 'budget_windows', 'budget_leases', 'usage_events', 'audit_events', 'request_content'
  ] LOOP
    EXECUTE format(
      'CREATE POLICY app ON %I TO sluice_app USING (org_id = sluice_org()) WITH CHECK (org_id = sluice_org())',
      owned
    );
  END LOOP;
END
$$;
GRANT SELECT, UPDATE ON organisations TO sluice_app;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON teams, users, memberships, virtual_keys, prompts, prompt_labels, budgets TO sluice_app;
-- Versions are immutable, ledger and events are written by the writer alone.
GRANT SELECT, INSERT ON prompt_versions TO sluice_app;
GRANT SELECT ON budget_windows, budget_leases, usage_events, audit_events, request_content TO sluice_app;

-- loader: reads what the houses keep in their snapshots, of every organisation.
DO $$
DECLARE
  loaded text;
BEGIN
  FOREACH loaded IN ARRAY ARRAY[
    'organisations', 'platform_keys', 'teams', 'users', 'memberships', 'virtual_keys',
    'prompts', 'prompt_versions', 'prompt_labels', 'budgets'
  ] LOOP
    EXECUTE format('CREATE POLICY loader ON %I FOR SELECT TO sluice_loader USING (true)', loaded);
    EXECUTE format('GRANT SELECT ON %I TO sluice_loader', loaded);
  END LOOP;
END
$$;
GRANT SELECT ON snapshot_versions TO sluice_loader;

-- writer: drains the journal and keeps the ledger, for every organisation.
DO $$
DECLARE
  written text;
BEGIN
  FOREACH written IN ARRAY ARRAY[
    'usage_events', 'audit_events', 'request_content', 'budget_windows', 'budget_leases'
  ] LOOP
    EXECUTE format('CREATE POLICY writer ON %I TO sluice_writer USING (true) WITH CHECK (true)', written);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO sluice_writer', written);
  END LOOP;
END
$$;
CREATE POLICY writer ON organisations FOR SELECT TO sluice_writer USING (true);
CREATE POLICY writer ON budgets FOR SELECT TO sluice_writer USING (true);
GRANT SELECT ON organisations, budgets TO sluice_writer;

-- platform: the gateway's operators. They set organisations up; within one they work as sluice_app.
CREATE POLICY platform ON organisations TO sluice_platform USING (true) WITH CHECK (true);
CREATE POLICY platform ON platform_keys TO sluice_platform USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON organisations, platform_keys TO sluice_platform;
DO $$
DECLARE
  seeded text;
BEGIN
  FOREACH seeded IN ARRAY ARRAY['teams', 'users', 'memberships', 'virtual_keys'] LOOP
    EXECUTE format('CREATE POLICY platform_reads ON %I FOR SELECT TO sluice_platform USING (true)', seeded);
    EXECUTE format('CREATE POLICY platform_adds ON %I FOR INSERT TO sluice_platform WITH CHECK (true)', seeded);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO sluice_platform', seeded);
  END LOOP;
END
$$;
-- Records of callers whom nobody recognised belong to no organisation.
CREATE POLICY platform ON audit_events FOR SELECT TO sluice_platform USING (org_id IS NULL);
GRANT SELECT ON audit_events TO sluice_platform;
