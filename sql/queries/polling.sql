-- name: count_unseen
-- How many of these URLs the endpoint has not shown before.
SELECT count(*)
FROM unnest(CAST(:sha256s AS text[])) AS shown (sha256)
WHERE NOT EXISTS (
  SELECT FROM url JOIN sighting USING (url_id)
  WHERE url.url_sha256 = decode(shown.sha256, 'hex') AND sighting.endpoint_id = :endpoint_id);

-- name: moved_entries
-- Entries with a new URL whose guid this endpoint has shown with another one, at the same title or time of publication: the article that it is.
-- A guid of several articles tells nothing.
SELECT new.sha256, min(u.article_id) AS article_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (sha256 text, guid text, title text, published_at timestamptz)
JOIN sighting g ON g.guid = new.guid AND g.endpoint_id = :endpoint_id
JOIN url u USING (url_id)
WHERE NOT EXISTS (SELECT FROM url known WHERE known.url_sha256 = decode(new.sha256, 'hex'))
GROUP BY new.sha256
HAVING count(DISTINCT u.article_id) = 1 AND bool_and(u.article_id IS NOT NULL)
   AND bool_or(lower(g.title) = lower(new.title) OR g.published_at = new.published_at);

-- name: ended_urls
-- What the last 2,000 URLs of a source turned out to be: articles (readable or not), or pages of another kind. Others (gone, failed) tell nothing.
SELECT url, outcome IN ('loaded', 'duplicate', 'paywalled', 'rights', 'too_old') AS article
FROM (SELECT url, outcome FROM url WHERE source_id = :source_id ORDER BY first_seen_at DESC LIMIT 2000) AS recent
WHERE outcome IN ('loaded', 'duplicate', 'paywalled', 'rights', 'too_old', 'non_article', 'non_html', 'too_short');

-- name: fence_host
-- The host's lease is still ours; holds the row until the transaction ends.
SELECT 1 FROM host WHERE host = :host AND lease_token = :token;

-- name: add_sightings
-- Notes what the endpoint says of each URL now; last_seen_at is brought up to date hourly, the facts whenever they differ.
INSERT INTO sighting AS known (endpoint_id, url_id, first_seen_at, last_seen_at, guid, title, authors, published_at, published_precision,
                               updated_at, updated_precision, categories, summary, language)
SELECT :endpoint_id, url.url_id, :now, :now, new.guid, new.title, coalesce(new.authors, '{}'), new.published_at, new.published_precision,
       new.updated_at, new.updated_precision, coalesce(new.categories, '{}'), new.summary, new.language
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (sha256 text, guid text, title text, authors text[], published_at timestamptz,
       published_precision text, updated_at timestamptz, updated_precision text, categories text[], summary text, language text)
JOIN url ON url.url_sha256 = decode(new.sha256, 'hex')
WHERE url.outcome IS DISTINCT FROM 'forgotten'
ORDER BY url.url_id
ON CONFLICT (endpoint_id, url_id) DO UPDATE
SET last_seen_at = excluded.last_seen_at, left_at = NULL, guid = excluded.guid, title = excluded.title, authors = excluded.authors,
    published_at = excluded.published_at, published_precision = excluded.published_precision,
    updated_at = excluded.updated_at, updated_precision = excluded.updated_precision,
    categories = excluded.categories, summary = excluded.summary, language = excluded.language
WHERE excluded.last_seen_at > known.last_seen_at + interval '1 hour' OR known.left_at IS NOT NULL
   OR (excluded.title, excluded.updated_at, excluded.published_at) IS DISTINCT FROM (known.title, known.updated_at, known.published_at);

-- name: note_departures
-- What a feed that lists all its entries (RFC 5005) showed before and does not list now has left it. The article stays as it is.
UPDATE sighting SET left_at = :now
WHERE endpoint_id = :endpoint_id AND left_at IS NULL
  AND url_id NOT IN (SELECT url_id FROM url WHERE url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS listed (sha256)));

-- name: hurry_rechecks
-- Articles of which this endpoint says now that they were changed (a headline, or a later time of change, that no endpoint told before) are looked at
-- at once; returns their hosts. An endpoint that says so of more than a quarter of what it shows says it of itself; an article is believed until two
-- such looks in a row found nothing.
WITH new AS (
  SELECT url.url_id, url.article_id, url.host, given.title, given.updated_at
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (sha256 text, title text, updated_at timestamptz)
  JOIN url ON url.url_sha256 = decode(given.sha256, 'hex')
  WHERE url.article_id IS NOT NULL AND EXISTS (SELECT FROM sighting s WHERE s.endpoint_id = :endpoint_id AND s.url_id = url.url_id)
), told AS (
  SELECT new.article_id, new.host
  FROM new CROSS JOIN LATERAL (
    SELECT max(s.updated_at) AS updated_at, array_agg(s.title) FILTER (WHERE s.title IS NOT NULL) AS titles FROM sighting s WHERE s.url_id = new.url_id
  ) AS before
  WHERE new.updated_at > before.updated_at + interval '1 minute' OR new.title <> ALL(before.titles)
)
UPDATE recheck SET due_at = :now, told = true
FROM told
WHERE recheck.article_id = told.article_id AND recheck.host = told.host AND recheck.lease_token IS NULL AND recheck.due_at > :now
  AND recheck.told_in_vain < 2 AND (SELECT count(*) FROM told) <= greatest(3, (SELECT count(*) FROM new) / 4)
RETURNING recheck.host;

-- name: add_document_captures
-- Notes where documents of endpoints lie in the archive; once, however often the transaction is tried.
INSERT INTO capture (endpoint_id, captured_at, status, final_url, content_type, payload_sha256, warc_file, warc_offset, warc_length)
SELECT endpoint_id, captured_at, status, final_url, content_type, decode(payload_sha256, 'hex'), warc_file, warc_offset, warc_length
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (endpoint_id bigint, captured_at timestamptz, status smallint, final_url text, content_type text,
       payload_sha256 text, warc_file text, warc_offset bigint, warc_length integer)
ON CONFLICT (warc_file, warc_offset) DO NOTHING;

-- name: finish_poll
-- Stores what a poll came to, and when the next one is due. NULL validators with :keep_validators keep those at hand.
UPDATE endpoint
SET kind = coalesce(:kind, kind),
    etag = CASE WHEN :keep_validators THEN etag ELSE :etag END,
    last_modified = CASE WHEN :keep_validators THEN last_modified ELSE :last_modified END,
    body_sha256 = coalesce(:body_sha256, body_sha256),
    polls = polls + 1,
    next_poll_at = :next_poll_at,
    publish_rate = :publish_rate,
    rate_at = coalesce(:rate_at, rate_at),
    rhythm_entries = CAST(:rhythm_entries AS real[]),
    rhythm_watched = CAST(:rhythm_watched AS real[]),
    window_entries = coalesce(:window_entries, window_entries),
    fresh_until = coalesce(:fresh_until, fresh_until),
    oldest_entry_at = coalesce(:oldest_entry_at, oldest_entry_at),
    complete = coalesce(:complete, complete),
    archive_url = coalesce(:archive_url, archive_url),
    least_seconds = coalesce(:least_seconds, least_seconds),
    skip_hours = coalesce(CAST(:skip_hours AS smallint[]), skip_hours),
    skip_days = coalesce(CAST(:skip_days AS smallint[]), skip_days),
    failures = :failures,
    last_polled_at = :polled_at,
    last_ok_at = CASE WHEN :ok THEN :polled_at ELSE last_ok_at END,
    last_new_at = CASE WHEN :new_urls > 0 THEN :polled_at ELSE last_new_at END,
    last_status = :status,
    beyond_horizon = beyond_horizon + :beyond_horizon,
    moved_to = :moved_to,
    moved_sightings = :moved_sightings,
    retired_at = CASE WHEN CAST(:retired_reason AS text) IS NOT NULL THEN coalesce(retired_at, :polled_at) WHEN :ok AND probed THEN NULL ELSE retired_at END,
    retired_reason = CASE WHEN CAST(:retired_reason AS text) IS NOT NULL THEN :retired_reason WHEN :ok AND probed THEN NULL ELSE retired_reason END,
    probed = CASE WHEN CAST(:retired_reason AS text) IS NOT NULL THEN :probed WHEN :ok THEN false ELSE probed END
WHERE endpoint_id = :endpoint_id;

-- name: move_endpoint
-- The endpoint's address changed for good; if the new one is polled already, this one is retired.
UPDATE endpoint
SET url = CASE WHEN taken.yes THEN url ELSE :url END,
    url_sha256 = CASE WHEN taken.yes THEN url_sha256 ELSE decode(:sha256, 'hex') END,
    host = CASE WHEN taken.yes THEN host ELSE :host END,
    retired_at = CASE WHEN taken.yes THEN now() ELSE retired_at END,
    retired_reason = CASE WHEN taken.yes THEN 'moved to an address that is polled already' ELSE retired_reason END,
    moved_to = NULL, moved_sightings = 0
FROM (SELECT EXISTS (SELECT FROM endpoint WHERE url_sha256 = decode(:sha256, 'hex')) AS yes) AS taken
WHERE endpoint_id = :endpoint_id;

-- name: add_endpoints
-- Registers endpoints of a source, each address once; an address that was retired is taken up again only by `dateline sources`, or by the
-- index that had dropped it. Those that endpoints name lie three deep at the most and are 500 a source at the most, so that no index breeds
-- without end.
WITH parent AS (
  SELECT coalesce((SELECT depth + 1 FROM endpoint WHERE endpoint_id = :parent_id), 0) AS depth
), room AS (
  SELECT CASE WHEN CAST(:parent_id AS bigint) IS NULL THEN NULL
              ELSE greatest(500 - (SELECT count(*) FROM endpoint WHERE source_id = :source_id AND depth > 0 AND retired_at IS NULL), 0) END AS left
)
INSERT INTO endpoint AS known (source_id, parent_id, kind, url, url_sha256, host, depth)
SELECT :source_id, :parent_id, new.kind, new.url, decode(new.sha256, 'hex'), new.host, parent.depth
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, url text, sha256 text, host text)
CROSS JOIN parent
WHERE parent.depth <= 3
ORDER BY EXISTS (SELECT FROM endpoint WHERE url_sha256 = decode(new.sha256, 'hex')) DESC, new.sha256
LIMIT (SELECT room.left + (SELECT count(*) FROM endpoint WHERE parent_id = :parent_id AND retired_at IS NULL) FROM room)
ON CONFLICT (url_sha256) DO UPDATE SET retired_at = NULL, retired_reason = NULL, next_poll_at = now()
WHERE known.parent_id = excluded.parent_id AND known.retired_reason = 'its index counts it as old';

-- name: retire_old_children
-- Sitemaps that their index, just read, no longer lists or lists as old are left alone.
UPDATE endpoint SET retired_at = :now, retired_reason = 'its index counts it as old'
WHERE parent_id = :parent_id AND retired_at IS NULL AND kind IN ('sitemap', 'news_sitemap', 'sitemap_index')
  AND NOT url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS listed (sha256));

-- name: add_exchanges
-- Appends to the fetch log.
INSERT INTO fetch_log (at, run_id, purpose, host, url, url_id, endpoint_id, status, error, http_version, size, ttfb_ms, total_ms, retry_after_seconds)
SELECT at, :run_id, purpose, host, url, url_id, endpoint_id, status, error, http_version, size, ttfb_ms, total_ms, retry_after_seconds
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (at timestamptz, purpose text, host text, url text, url_id bigint, endpoint_id bigint, status smallint,
       error text, http_version text, size integer, ttfb_ms integer, total_ms integer, retry_after_seconds integer);

-- name: wake_endpoint_hosts
-- New endpoints: their hosts look for work as soon as the first of them is due.
UPDATE host
SET next_due_at = least(host.next_due_at, due.at)
FROM (SELECT host, min(next_poll_at) AS at FROM endpoint WHERE host = ANY(CAST(:hosts AS text[])) AND (retired_at IS NULL OR probed) GROUP BY host) AS due
WHERE host.host = due.host;
