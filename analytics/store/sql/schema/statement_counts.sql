-- Only where the library was loaded at PostgreSQL's start and a superuser asks: elsewhere the page of slow queries says how.
DO $$
BEGIN
    IF current_setting('pg_stat_statements.max', true) IS NOT NULL
        AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
    END IF;
END $$
