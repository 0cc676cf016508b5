-- name: make_partitions
-- Makes fetch_log's partitions of this month and the next where they are missing; returns the new ones' names.
SELECT make_fetch_log_partitions(:now);

-- name: drop_partitions
-- Drops fetch_log's partitions without a row as young as :before; returns their names.
SELECT drop_fetch_log_partitions(:before);

-- name: count_stray_fetches
-- Requests in the default partition: no month's partition was there when they were logged.
SELECT count(*) FROM fetch_log_default;

-- name: drop_stray_fetches
-- Stray rows past their time.
DELETE FROM fetch_log_default WHERE at < :before;

-- name: abandon_runs
-- Runs that gave no sign of life for ten minutes ended without a word.
UPDATE run
SET state = 'abandoned', ended_at = heartbeat_at
WHERE state = 'running' AND heartbeat_at < CAST(:now AS timestamptz) - interval '10 minutes'
RETURNING run_id;

-- name: unreferenced_files
-- Those of the given WARC files that no capture lies in.
SELECT name
FROM unnest(CAST(:names AS text[])) AS present (name)
WHERE NOT EXISTS (SELECT FROM capture WHERE warc_file = present.name)
ORDER BY name;

-- name: expired_files
-- WARC files whose youngest capture is older than :before.
SELECT warc_file FROM capture GROUP BY warc_file HAVING max(captured_at) < :before ORDER BY warc_file LIMIT :most;

-- name: unlink_articles
-- The files' captures are about to go: articles no longer point to them.
UPDATE article SET capture_id = NULL WHERE capture_id IN (SELECT capture_id FROM capture WHERE warc_file = ANY(CAST(:names AS text[])));

-- name: unlink_revisions
-- The same for versions.
UPDATE revision SET capture_id = NULL WHERE capture_id IN (SELECT capture_id FROM capture WHERE warc_file = ANY(CAST(:names AS text[])));

-- name: drop_captures
-- The index entries of these files.
DELETE FROM capture WHERE warc_file = ANY(CAST(:names AS text[]));

-- name: settle_restored_changes
-- After a restore from a dump the server's transaction ids begin anew, below those of old entries: these become part of its first transaction,
-- in their order. 3 is the first id that Postgres gives to a transaction.
UPDATE change SET xid = '3' WHERE xid >= pg_snapshot_xmax(pg_current_snapshot());

-- name: table_health
-- Tables that vacuum has left behind: many dead rows in them.
SELECT relname AS table, n_live_tup AS live_rows, n_dead_tup AS dead_rows, greatest(last_vacuum, last_autovacuum) AS vacuumed_at,
       pg_total_relation_size(relid) AS bytes
FROM pg_stat_user_tables
WHERE schemaname = 'news' AND n_dead_tup > 10000 + 0.4 * n_live_tup
ORDER BY n_dead_tup DESC;
