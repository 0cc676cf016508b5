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
-- Those of the given WARC files that no capture lies in, and that no batch which still holds its lease may be about to refer to: their name begins
-- with its token. (By its time alone a file may look old that a machine with a wrong clock has just written.)
SELECT name
FROM unnest(CAST(:names AS text[])) AS present (name)
WHERE NOT EXISTS (SELECT FROM capture WHERE warc_file = present.name)
  AND NOT EXISTS (SELECT FROM host WHERE lease_token = CAST(substring(present.name FROM '/([0-9]{1,18})-[0-9]+[^/]*$') AS bigint) AND lease_until > now())
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

-- name: make_key_partitions
-- Makes match_key's partitions of these 30 days and the next where they are missing; returns the new ones' names.
SELECT make_match_key_partitions(:now);

-- name: drop_key_partitions
-- Drops match_key's partitions without a key as young as :before; returns their names.
SELECT drop_match_key_partitions(:before);

-- name: drop_stray_keys
-- Stray keys past their time.
DELETE FROM match_key_default WHERE kept_at < :before;

-- name: count_stray_keys
-- Keys in the default partition: no partition of theirs was there when they were written.
SELECT count(*) FROM match_key_default;

-- name: allow_long_statement
-- Counting all keys of a million articles takes longer than a statement may otherwise.
SET LOCAL statement_timeout = '20min';

-- name: count_stop_keys
-- Keys that stand in many stories, as a snapshot. Many articles are not enough: a story that 60 outlets print shares all its keys and is one.
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT k.key
FROM (SELECT key FROM match_key GROUP BY key HAVING count(*) >= :most) AS frequent
JOIN match_key k USING (key)
LEFT JOIN cluster_member m ON m.article_id = k.article_id
GROUP BY k.key
HAVING count(DISTINCT coalesce(m.cluster_id, k.article_id)) >= :most;

-- name: hold_stop_list
-- Waits for the matchers that look keys up now; those who come later see the new list.
SELECT pg_advisory_xact_lock(7205034);

-- name: find_stop_changes
-- Keys that join or leave the list.
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
SELECT coalesce(counted.key, stop_key.key) AS key, counted.key IS NOT NULL AS joins
FROM counted FULL JOIN stop_key USING (key)
WHERE counted.key IS NULL OR stop_key.key IS NULL;

-- name: add_stop_version
-- A new version of the list, where it changed.
INSERT INTO stop_list (version, added, removed)
SELECT coalesce((SELECT max(version) FROM stop_list), 0) + 1, count(*) FILTER (WHERE joins), count(*) FILTER (WHERE NOT joins)
FROM changed HAVING count(*) > 0
RETURNING version;

-- name: drop_stop_keys
-- Keys that are rare again.
DELETE FROM stop_key USING changed WHERE stop_key.key = changed.key AND NOT changed.joins;

-- name: add_stop_keys
-- Keys that have become frequent.
INSERT INTO stop_key (key, since_version) SELECT key, :version FROM changed WHERE joins ORDER BY key;

-- name: rematch_changed
-- Articles with such a key are compared anew, as far back as keys are kept; the clusters are those of the new list then.
INSERT INTO unmatched (article_id)
SELECT DISTINCT k.article_id FROM match_key k JOIN changed USING (key) JOIN article USING (article_id) ORDER BY 1
ON CONFLICT DO NOTHING;

-- name: articles_to_withdraw
-- Articles that are not to be shown any more, of sources that heed it; held until the transaction ends.
SELECT a.article_id FROM article a JOIN source s USING (source_id)
WHERE a.unavailable_after <= :now AND a.status <> 'withdrawn' AND s.respect = 'all'
ORDER BY a.article_id
LIMIT :most
FOR UPDATE OF a;

-- name: articles_to_show_again
-- Withdrawn articles of sources that do not heed it any more; held until the transaction ends.
SELECT a.article_id FROM article a JOIN source s USING (source_id)
WHERE a.status = 'withdrawn' AND s.respect <> 'all'
ORDER BY a.article_id
LIMIT :most
FOR UPDATE OF a;

-- name: watched_articles
-- Of each source: its articles that were looked at again, out for a week and for no more than six, and the edits that planned looks saw in them.
SELECT a.source_id, count(*) AS articles, coalesce(sum(v.edits), 0) AS edits
FROM article a
JOIN recheck r USING (article_id)
CROSS JOIN LATERAL (SELECT count(*) AS edits FROM revision WHERE revision.article_id = a.article_id AND reason = 'publisher_edit' AND NOT told) AS v
WHERE a.loaded_at BETWEEN CAST(:now AS timestamptz) - interval '6 weeks' AND CAST(:now AS timestamptz) - interval '1 week' AND r.checks > 0
GROUP BY a.source_id;

-- name: told_edits
-- Of those articles' edits the ones whose page says to the minute when, between our looks before and after: how many at which step of the article's age
-- (:steps, in hours; what is older than the last belongs to it). The age counts as it does for looks.
SELECT a.source_id, least(width_bucket(extract(epoch FROM new.modified_at - out.at) / 3600, CAST(:steps AS numeric[])), cardinality(CAST(:steps AS numeric[])) - 1) - 1 AS step,
       count(*) AS edits
FROM article a
CROSS JOIN LATERAL (SELECT CASE WHEN a.published_precision IN ('second', 'minute') THEN least(a.published_at, a.first_seen_at) ELSE a.first_seen_at END) AS out (at)
JOIN revision new ON new.article_id = a.article_id AND new.reason = 'publisher_edit' AND NOT new.told
JOIN revision old ON old.article_id = a.article_id AND old.revision_no = new.revision_no - 1
WHERE a.loaded_at BETWEEN CAST(:now AS timestamptz) - interval '6 weeks' AND CAST(:now AS timestamptz) - interval '1 week'
  AND a.modified_precision IN ('second', 'minute') AND new.modified_at > old.seen_at AND new.modified_at <= new.seen_at
GROUP BY a.source_id, step;

-- name: set_editing
-- What that came to.
UPDATE source SET edit_rate = new.rate, edit_ages = new.ages
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (source_id bigint, rate real, ages real[])
WHERE source.source_id = new.source_id AND (abs(source.edit_rate - new.rate) > 0.01 OR source.edit_ages <> new.ages);
