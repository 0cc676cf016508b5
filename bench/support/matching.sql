-- name: past_partitions
-- Partitions of the days whose keys are kept.
SELECT make_match_key_partitions(now() - interval '30 days');

-- name: add_formulas
-- Keys of real texts in some order: the first of them are what most articles have.
CREATE TABLE formula AS SELECT key, row_number() OVER (ORDER BY random()) AS rank FROM unnest(CAST(:keys AS bigint[])) AS real (key);

-- name: index_formulas
-- To draw from.
ALTER TABLE formula ADD PRIMARY KEY (rank);

-- name: no_limit
-- Filling takes its time.
SET LOCAL statement_timeout = 0;

-- name: fill_keys
-- Keys of articles :first to :last that nobody has the text of, 30 each, over the last 28 days: nine in ten are an article's own, one in ten is one
-- that real texts have, Zipf-like (the chance of rank r falls as 1 / r).
INSERT INTO match_key (key, article_id, kept_at)
SELECT coalesce(f.key, (random() * 4e18)::bigint), 1000000000000 + made.article, now() - (made.article % 28) * interval '1 day'
FROM (
  SELECT article, CASE WHEN random() < 0.1 THEN floor(exp(random() * ln(most)))::bigint END AS rank
  FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS these (article), generate_series(1, 30),
       (SELECT count(*) AS most FROM formula) AS formulas
) AS made
LEFT JOIN formula f USING (rank);

-- name: drop_index
-- Thirty million keys one by one into an index that is larger than the memory take hours; sorted into a new one, a minute.
DROP INDEX match_key_lookup;

-- name: enough_memory
-- To sort them in.
SET LOCAL maintenance_work_mem = '512MB';

-- name: make_index
-- The schema's own.
CREATE INDEX match_key_lookup ON match_key (key, article_id);

-- name: settle
-- As autovacuum leaves it.
VACUUM (ANALYZE) match_key;

-- name: drop_copy
-- What was measured in.
DROP DATABASE IF EXISTS measured WITH (FORCE);

-- name: make_copy
-- File by file: what is filled stays as it is.
CREATE DATABASE measured TEMPLATE dateline STRATEGY FILE_COPY;

-- name: size
-- Bytes of keys with their index, and how many there are.
SELECT (SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'match_key'::regclass) AS bytes,
       (SELECT count(*) FROM match_key) AS keys, (SELECT count(*) FROM stop_key) AS stopped;

-- name: an_outlet
-- Who prints the articles below.
INSERT INTO source (slug, name, homepage) VALUES (:slug, :slug, 'https://' || :slug || '.example/') RETURNING source_id;

-- name: a_host
-- Where.
INSERT INTO host (host) VALUES (:slug || '.example');

-- name: add_articles
-- Articles with real texts, as loading leaves them.
WITH given AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, url text, title text, body text, published_at timestamptz)
), addressed AS (
  INSERT INTO url (url_sha256, url, source_id, host) SELECT sha256(convert_to(url, 'UTF8')), url, :source_id, :slug || '.example' FROM given
  RETURNING url_id, url
), put AS (
  INSERT INTO article (article_id, source_id, url_id, canonical_url, title, body, body_sha256, word_count, published_at, published_precision, first_seen_at,
                       quality, extractor)
  SELECT article_id, :source_id, url_id, url, title, body, sha256(convert_to(body, 'UTF8')), 0, published_at,
         CASE WHEN published_at IS NOT NULL THEN 'second' END, now(), 1, 'bench'
  FROM given JOIN addressed USING (url)
  RETURNING article_id
)
INSERT INTO unmatched SELECT article_id FROM put;

-- name: some_articles
-- Articles of an outlet to look up again, one by one.
SELECT f.article_id FROM fingerprint f JOIN article a USING (article_id) JOIN source s USING (source_id)
WHERE s.slug = :slug ORDER BY f.article_id LIMIT :most;

-- name: outlet_called
-- One of those above.
SELECT source_id FROM source WHERE slug = :slug;

-- name: members
-- What lies together.
SELECT article_id, cluster_id FROM cluster_member;

-- name: edges
-- And why.
SELECT low_id, high_id, kind FROM edge;
