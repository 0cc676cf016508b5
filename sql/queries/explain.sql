-- name: explain_url
-- A URL of the frontier with its state now.
SELECT v.url_id, v.url, v.source, v.host, v.state, v.outcome, v.outcome_detail, v.waiting_for, v.not_before, v.blocked_until, v.blocked_reason,
       v.claims, v.unfinished, v.tries, v.first_seen_at, v.first_run, v.finished_at, v.article_id,
       (SELECT target.url FROM url target WHERE target.url_id = v.redirects_to) AS redirects_to,
       ARRAY(SELECT origin.url FROM url origin WHERE origin.redirects_to = v.url_id ORDER BY origin.url LIMIT 100) AS redirected_from
FROM v_url v
WHERE v.url_id = (SELECT url_id FROM url WHERE url_sha256 = decode(:sha256, 'hex'));

-- name: explain_alias
-- The article that a URL is an alias of.
SELECT article_id FROM url_alias WHERE url_sha256 = decode(:sha256, 'hex');

-- name: explain_forgotten
-- The tombstone of a URL.
SELECT at, reason FROM forgotten WHERE url_sha256 = decode(:sha256, 'hex');

-- name: explain_endpoint
-- The endpoint that a URL is polled as.
SELECT e.kind, s.slug AS source, e.last_status, e.last_polled_at, e.retired_reason
FROM endpoint e JOIN source s USING (source_id)
WHERE e.url_sha256 = decode(:sha256, 'hex');

-- name: explain_sightings
-- Where a URL was seen, with the facts given there.
SELECT e.kind, e.url AS endpoint, g.first_seen_at, g.last_seen_at, g.left_at, g.title, g.published_at
FROM sighting g JOIN endpoint e USING (endpoint_id)
WHERE g.url_id = :url_id
ORDER BY g.first_seen_at, e.endpoint_id;

-- name: explain_attempts
-- What each claim of a URL came to.
SELECT at, run_id, purpose, outcome, detail FROM attempt WHERE url_id = :url_id ORDER BY at, attempt_id;

-- name: explain_fetches
-- Every request that was sent for a URL, as far back as the log is kept.
SELECT at, purpose, url, status, error, size, total_ms FROM fetch_log WHERE url_id = :url_id ORDER BY at, fetch_id;

-- name: explain_captures
-- Where the responses of a URL lie in the archive.
SELECT captured_at, status, final_url, warc_file, warc_offset, warc_length FROM capture WHERE url_id = :url_id ORDER BY captured_at, capture_id;

-- name: explain_recheck
-- When an article is looked at again.
SELECT due_at, checks FROM recheck WHERE article_id = :article_id;

-- name: summarise_article
-- One article as a line of a list.
SELECT article_id, source, url, title, language, published_at, published_precision, loaded_at, word_count, status, revision_no
FROM v_article WHERE article_id = :article_id;
