-- name: forget_find_articles
-- The articles that a URL is, held until the transaction ends.
SELECT article_id FROM article
WHERE article_id IN (
  SELECT article_id FROM url_alias WHERE url_sha256 = decode(:sha256, 'hex')
  UNION
  SELECT article_id FROM url WHERE url_sha256 = decode(:sha256, 'hex')
)
ORDER BY article_id
FOR UPDATE;

-- name: forget_hold_articles
-- The source's own articles at these URLs, held until the transaction ends; another source's article only loses these addresses.
SELECT article_id FROM article
WHERE article_id IN (SELECT article_id FROM url WHERE url_id = ANY(CAST(:url_ids AS bigint[])))
  AND source_id = (SELECT source_id FROM source WHERE slug = :slug)
ORDER BY article_id
FOR UPDATE;

-- name: forget_find_urls
-- Every URL that goes with a URL or with articles: its own row, other addresses of the articles, and what redirected to any of them.
WITH RECURSIVE wanted (url_id) AS (
  SELECT url_id FROM url
  WHERE url_sha256 = decode(:sha256, 'hex') OR url_id = ANY(CAST(:url_ids AS bigint[])) OR article_id = ANY(CAST(:article_ids AS bigint[]))
     OR url_sha256 IN (SELECT url_sha256 FROM url_alias WHERE article_id = ANY(CAST(:article_ids AS bigint[])))
  UNION
  SELECT origin.url_id FROM wanted JOIN url origin ON origin.redirects_to = wanted.url_id
)
SELECT url_id FROM url WHERE url_id IN (SELECT url_id FROM wanted) ORDER BY url_id FOR UPDATE;

-- name: forget_source_urls
-- Some of a source's URLs that are not forgotten yet.
SELECT url_id FROM url JOIN source USING (source_id)
WHERE source.slug = :slug AND url.outcome IS DISTINCT FROM 'forgotten'
ORDER BY url_id
LIMIT :most;

-- name: forget_turned_away
-- URLs that workers ended as forgotten, whose words are still there.
SELECT url_id FROM url WHERE outcome = 'forgotten' AND url NOT LIKE 'forgotten:%' ORDER BY url_id LIMIT :most;

-- name: forget_addresses
-- By which addresses these URLs and articles are known.
SELECT url FROM url WHERE url_id = ANY(CAST(:url_ids AS bigint[])) AND url NOT LIKE 'forgotten:%'
UNION
SELECT url FROM url_alias WHERE article_id = ANY(CAST(:article_ids AS bigint[]))
UNION
SELECT canonical_url FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_tombstones
-- These URLs, and all addresses of these articles with their other forms (:sha256s), are never queued or loaded again.
INSERT INTO forgotten (url_sha256, reason)
SELECT url_sha256, :reason
FROM (
  SELECT url_sha256 FROM url WHERE url_id = ANY(CAST(:url_ids AS bigint[]))
  UNION
  SELECT url_sha256 FROM url_alias WHERE article_id = ANY(CAST(:article_ids AS bigint[]))
  UNION
  SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS form (sha256)
) AS known
ORDER BY url_sha256
ON CONFLICT (url_sha256) DO NOTHING;

-- name: forget_note_scrubs
-- The responses in the archive that are to be wiped; noted in the same transaction, so that a crash forgets none of them.
INSERT INTO scrub (warc_file, warc_offset, warc_length)
SELECT warc_file, warc_offset, warc_length FROM capture WHERE url_id = ANY(CAST(:url_ids AS bigint[]))
UNION
-- Documents of endpoints tell title and summary of each entry, from the first to the last time that it stood there (which is noted hourly).
SELECT c.warc_file, c.warc_offset, c.warc_length
FROM sighting s
JOIN capture c ON c.endpoint_id = s.endpoint_id
 AND c.captured_at BETWEEN s.first_seen_at - interval '1 hour' AND s.last_seen_at + interval '2 hours'
WHERE s.url_id = ANY(CAST(:url_ids AS bigint[]))
ON CONFLICT (warc_file, warc_offset) DO NOTHING;

-- name: forget_source_documents
-- All documents of a source's endpoints are to be wiped.
INSERT INTO scrub (warc_file, warc_offset, warc_length)
SELECT c.warc_file, c.warc_offset, c.warc_length
FROM capture c JOIN endpoint e USING (endpoint_id) JOIN source s USING (source_id)
WHERE s.slug = :slug
ON CONFLICT (warc_file, warc_offset) DO NOTHING;

-- name: forget_blocks
-- Hashes of their lines tell them to whoever guesses them.
UPDATE block_day b
SET (blocks, article_ids) = (
  SELECT coalesce(array_agg(line.block ORDER BY line.place), '{}'), coalesce(array_agg(line.article_id ORDER BY line.place), '{}')
  FROM unnest(b.blocks, b.article_ids) WITH ORDINALITY AS line (block, article_id, place)
  WHERE line.article_id <> ALL(CAST(:article_ids AS bigint[])))
FROM article a
WHERE a.article_id = ANY(CAST(:article_ids AS bigint[])) AND b.source_id = a.source_id AND b.day = (a.loaded_at AT TIME ZONE 'UTC')::date;

-- name: forget_edges
-- Their copies stay, but are no longer copies of these.
WITH gone AS (
  DELETE FROM edge
  WHERE low_id = ANY(CAST(:article_ids AS bigint[])) OR high_id = ANY(CAST(:article_ids AS bigint[]))
  RETURNING low_id, high_id
)
INSERT INTO unclustered (article_id)
SELECT article_id FROM (SELECT low_id FROM gone UNION SELECT high_id FROM gone) AS ends (article_id)
WHERE article_id <> ALL(CAST(:article_ids AS bigint[]));

-- name: forget_clusters
-- Their clusters end; the transaction makes new ones of who is left.
WITH hit AS (
  SELECT DISTINCT cluster_id FROM cluster_member WHERE article_id = ANY(CAST(:article_ids AS bigint[]))
), gone AS (
  DELETE FROM cluster_member WHERE cluster_id IN (SELECT cluster_id FROM hit) RETURNING article_id
), ended AS (
  DELETE FROM cluster WHERE cluster_id IN (SELECT cluster_id FROM hit)
)
INSERT INTO unclustered (article_id) SELECT article_id FROM gone WHERE article_id <> ALL(CAST(:article_ids AS bigint[]));

-- name: forget_keys
-- Nobody finds them any more.
DELETE FROM match_key k
USING fingerprint f, unnest(f.keys) AS old (key)
WHERE f.article_id = ANY(CAST(:article_ids AS bigint[])) AND k.key = old.key AND k.article_id = f.article_id;

-- name: forget_fingerprints
-- The keys tell a text's words to whoever guesses them.
DELETE FROM fingerprint WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_unmatched
-- Nothing is left to compare.
DELETE FROM unmatched WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_rechecks
-- Nothing is left to look at again.
DELETE FROM recheck WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_reextractions
-- Nothing is left to extract again.
DELETE FROM reextraction WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_revisions
-- All versions.
DELETE FROM revision WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_aliases
-- All addresses.
DELETE FROM url_alias
WHERE article_id = ANY(CAST(:article_ids AS bigint[]))
   OR url_sha256 IN (SELECT url_sha256 FROM url WHERE url_id = ANY(CAST(:url_ids AS bigint[])));

-- name: forget_url_texts
-- The rows stay, so that the ledger balances and the hash is known; their words go.
UPDATE url
SET url = 'forgotten:' || encode(url_sha256, 'hex'), outcome = 'forgotten', outcome_detail = NULL, waiting_for = NULL, article_id = NULL,
    redirects_to = NULL, lease_token = NULL, finished_at = coalesce(finished_at, now())
WHERE url_id = ANY(CAST(:url_ids AS bigint[]));

-- name: forget_articles
-- The rows themselves.
DELETE FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: forget_captures
-- Where their responses lie; `scrub` keeps that until they are wiped.
DELETE FROM capture
WHERE url_id = ANY(CAST(:url_ids AS bigint[])) OR (endpoint_id IS NOT NULL AND (warc_file, warc_offset) IN (SELECT warc_file, warc_offset FROM scrub));

-- name: forget_sightings
-- What feeds said of them.
UPDATE sighting
SET guid = NULL, title = NULL, authors = '{}', published_at = NULL, published_precision = NULL, updated_at = NULL, updated_precision = NULL,
    categories = '{}', summary = NULL, language = NULL
WHERE url_id = ANY(CAST(:url_ids AS bigint[]));

-- name: forget_attempts
-- Details may hold addresses.
UPDATE attempt SET detail = NULL WHERE url_id = ANY(CAST(:url_ids AS bigint[])) AND detail IS NOT NULL;

-- name: forget_fetches
-- The log keeps that requests were sent, not for what.
UPDATE fetch_log SET url = 'forgotten', error = NULL WHERE url_id = ANY(CAST(:url_ids AS bigint[]));

-- name: forget_changes
-- Consumers are told.
INSERT INTO change (kind, article_id) SELECT 'delete', article_id FROM unnest(CAST(:article_ids AS bigint[])) AS gone (article_id) ORDER BY article_id;

-- name: pending_scrubs
-- Responses in the archive that are still to be wiped, file by file.
SELECT warc_file, warc_offset, warc_length FROM scrub ORDER BY warc_file, warc_offset LIMIT :most;

-- name: finish_scrubs
-- These are wiped.
DELETE FROM scrub
USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS done (warc_file text, warc_offset bigint)
WHERE scrub.warc_file = done.warc_file AND scrub.warc_offset = done.warc_offset;
