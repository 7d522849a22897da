-- DANGER: creates the cluster-wide role sluice_reports, shared by every database of the server.

-- Reads what dashboards and reports need, of every organisation: no hash of a key, no e-mail address, no
-- template, no text of a request or answer. A login gets it with: CREATE ROLE grafana LOGIN PASSWORD '…' IN ROLE sluice_reports;
-- Several databases of one cluster may be migrated at once: whoever loses the race finds the role there.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_reports') THEN
    BEGIN
      CREATE ROLE sluice_reports NOLOGIN NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_reports' AND (rolsuper OR rolbypassrls)) THEN
    RAISE EXCEPTION 'role sluice_reports may bypass row security; run: ALTER ROLE sluice_reports NOSUPERUSER NOBYPASSRLS';
  END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO sluice_reports;

DO $$
DECLARE
  reported text;
BEGIN
  FOREACH reported IN ARRAY ARRAY[
    'organisations', 'teams', 'users', 'virtual_keys', 'prompts', 'prompt_versions',
    'budgets', 'budget_windows', 'budget_leases', 'usage_events', 'audit_events'
  ] LOOP
    EXECUTE format('CREATE POLICY reports ON %I FOR SELECT TO sluice_reports USING (true)', reported);
  END LOOP;
END
$$;

GRANT SELECT ON organisations, teams, prompts, budgets, budget_windows, budget_leases, usage_events, audit_events
  TO sluice_reports;
GRANT SELECT (id, org_id, prompt_id, version, digest, created_by, created_at) ON prompt_versions TO sluice_reports;
GRANT SELECT (id, org_id, name, status, created_at, updated_at) ON users TO sluice_reports;
GRANT SELECT (id, org_id, team_id, user_id, name, kind, role, status, expires_at, models, tags, created_at, updated_at)
  ON virtual_keys TO sluice_reports;
