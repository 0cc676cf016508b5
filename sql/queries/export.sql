-- name: read_changes
-- Entries of the change feed after a cursor, each with its article as it is now (all columns NULL when it is no more).
-- Every transaction below xmin has ended, so none of them can still add an entry before one that is handed out here.
SELECT c.kind, c.at AS change_at, c.article_id AS change_article_id, c.xid::text || ':' || c.seq AS cursor, v.*
FROM change c
LEFT JOIN v_article v USING (article_id)
WHERE (c.xid, c.seq) > (CAST(:xid AS xid8), CAST(:seq AS bigint)) AND c.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY c.xid, c.seq
LIMIT :most;

-- name: xid_now
-- The transaction from which the feed is to be continued after a reading of all articles that begins later than this: every change that such a reading may miss
-- is of a transaction that has not ended yet.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: cursor_is_ahead
-- Whether a cursor lies ahead of this server's transactions: then it is another server's, or from before a restore.
SELECT CAST(:xid AS xid8) > pg_snapshot_xmax(pg_current_snapshot());

-- name: read_articles_after
-- All articles in order of their key, a chunk at a time.
SELECT * FROM v_article WHERE article_id > :article_id ORDER BY article_id LIMIT :most;
