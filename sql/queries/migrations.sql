-- name: lock_migrations
-- One migrator at a time; the number is arbitrary and only has to be the same everywhere.
SELECT pg_advisory_lock(7205031);

-- name: unlock_migrations
-- The counterpart of lock_migrations.
SELECT pg_advisory_unlock(7205031);

-- name: has_schema_version
-- Whether any migration has run here.
SELECT to_regclass('public.dateline_version') IS NOT NULL;

-- name: read_schema_version
-- The last migration that ran.
SELECT version_num FROM public.dateline_version;
