-- name: lock_migrations
-- One migrator at a time; the number is arbitrary and only has to be the same everywhere.
SELECT pg_advisory_lock(7205031);

-- name: unlock_migrations
-- The counterpart of lock_migrations.
SELECT pg_advisory_unlock(7205031);
