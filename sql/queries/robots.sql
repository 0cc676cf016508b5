-- name: find_robots
-- The robots.txt of an origin, if it is still fresh.
SELECT status, body, fetched_at, expires_at FROM robots WHERE origin = :origin AND expires_at > :now;

-- name: save_robots
-- Stores a robots.txt that was just read.
INSERT INTO robots (origin, host, status, body, fetched_at, expires_at)
VALUES (:origin, :host, :status, :body, :fetched_at, :expires_at)
ON CONFLICT (origin) DO UPDATE
SET host = excluded.host, status = excluded.status, body = excluded.body, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at;

-- name: set_crawl_delay
-- The pace of a host, as its robots.txt states it.
UPDATE host SET crawl_delay_ms = :crawl_delay_ms WHERE host = :host AND crawl_delay_ms IS DISTINCT FROM :crawl_delay_ms;

-- name: find_rights_files
-- The files in which an origin reserves rights, those that are still fresh.
SELECT kind, body FROM rights_file WHERE origin = :origin AND expires_at > :now;

-- name: save_rights_file
-- Stores such a file that was just asked for, or that it is not there.
INSERT INTO rights_file (origin, kind, host, status, body, fetched_at, expires_at)
VALUES (:origin, :kind, :host, :status, :body, :fetched_at, :expires_at)
ON CONFLICT (origin, kind) DO UPDATE
SET host = excluded.host, status = excluded.status, body = excluded.body, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at;
