-- The login that Grafana reads PostgreSQL with: all figures of all organisations, no secrets (migration 0005).
--   psql "$DATABASE_URL" -v password=… -f deploy/grafana/login.sql      after `sluice migrate`; safe to repeat
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE grafana LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana') \gexec
GRANT sluice_reports TO grafana;
ALTER ROLE grafana PASSWORD :'password';
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
