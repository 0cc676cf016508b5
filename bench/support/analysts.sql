-- name: a_press
-- Forty outlets, one host each.
WITH made AS (SELECT 'outlet' || n AS slug FROM generate_series(0, 39) AS n),
     houses AS (INSERT INTO host (host) SELECT slug || '.example' FROM made)
INSERT INTO source (slug, name, homepage) SELECT slug, initcap(slug), 'https://' || slug || '.example/' FROM made;

-- name: a_vocabulary
-- Texts of forty words out of two thousand, the frequent ones more often: an article's text is one of them and its number.
CREATE TABLE told AS
SELECT n, string_agg(chr(97 + word % 26) || chr(97 + word / 26 % 26) || CASE WHEN word % 2 = 0 THEN 'ing' ELSE 'mation' END || word % 7, ' ') AS body
FROM (SELECT n, floor(random() * random() * 2000)::integer AS word FROM generate_series(0, 4999) AS n, generate_series(1, 40)) AS drawn
GROUP BY n;

-- name: told_by_number
-- To draw from.
ALTER TABLE told ADD PRIMARY KEY (n);

-- name: filled
-- How many there are from an earlier run: they are numbered.
SELECT coalesce(max(article_id), 0) FROM article;

-- name: unindexed
-- Inverted indexes are made at once, when all is there.
DROP INDEX IF EXISTS article_tsv, article_tags, article_authors;

-- name: indexed
-- As the migrations make them.
CREATE INDEX article_tsv ON article USING gin (tsv);

-- name: indexed_tags
-- The same.
CREATE INDEX article_tags ON article USING gin (tags);

-- name: indexed_authors
-- The same.
CREATE INDEX article_authors ON article USING gin (authors);

-- name: unchecked
-- References are right by construction, and nothing has to survive a crash.
SET LOCAL session_replication_role = replica;

-- name: unsynced
-- The same.
SET LOCAL synchronous_commit = off;

-- name: add_urls
-- An address an article.
INSERT INTO url (url_sha256, url, source_id, host, first_seen_at, outcome, finished_at, article_id)
SELECT sha256(convert_to('https://' || s.slug || '.example/' || n, 'UTF8')), 'https://' || s.slug || '.example/' || n, s.source_id, s.slug || '.example',
       now() - random() * interval '60 days', 'loaded', now(), n
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS made (n)
JOIN source s ON s.slug = 'outlet' || (n * 7 % 40);

-- name: add_articles
-- Articles of the last 60 days.
INSERT INTO article (article_id, source_id, url_id, canonical_url, title, authors, tags, agency, language, body, body_sha256, word_count, published_at,
                     published_precision, first_seen_at, loaded_at, quality, extractor, ts_config)
SELECT u.article_id, u.source_id, u.url_id, u.url, 'Title ' || u.article_id, ARRAY['Author ' || u.article_id % 5000], ARRAY['tag' || u.article_id % 300],
       CASE WHEN u.article_id % 9 = 0 THEN 'Agency ' || u.article_id % 5 END, 'en', made.body, sha256(convert_to(made.body, 'UTF8')), 40,
       u.first_seen_at - interval '10 minutes', 'second', u.first_seen_at, u.first_seen_at, 1, 'bench', 'english'
FROM url u
CROSS JOIN LATERAL (SELECT told.body || ' ' || u.article_id AS body FROM told WHERE told.n = u.article_id * 7 % 5000) AS made
WHERE u.article_id BETWEEN :first AND :last;

-- name: add_revisions
-- A version an article, and a second one of every sixth.
INSERT INTO revision (article_id, revision_no, seen_at, reason, title, body, body_sha256, extractor)
SELECT article_id, no, loaded_at + (no - 1) * interval '5 hours', CASE no WHEN 1 THEN 'first' ELSE 'publisher_edit' END,
       CASE WHEN no = 2 AND article_id % 18 = 0 THEN 'Other ' ELSE '' END || title, body, body_sha256, extractor
FROM article, generate_series(1, CASE WHEN article_id % 6 = 0 THEN 2 ELSE 1 END) AS no
WHERE article_id BETWEEN :first AND :last;

-- name: add_clusters
-- Of twenty articles in a row the first six are copies of each other; the outlets differ.
INSERT INTO cluster (cluster_id, origin_id, articles, outlets, first_at, last_at)
SELECT min(article_id), min(article_id), count(*), count(DISTINCT source_id), min(published_at), max(published_at)
FROM article WHERE article_id BETWEEN :first AND :last AND article_id % 20 < 6 GROUP BY article_id / 20 HAVING count(*) > 1;

-- name: add_members
-- Their articles.
INSERT INTO cluster_member (article_id, cluster_id, source_id, out_at, stands)
SELECT a.article_id, c.cluster_id, a.source_id, a.published_at, a.article_id = c.origin_id
FROM article a JOIN cluster c ON c.cluster_id BETWEEN a.article_id - 5 AND a.article_id AND c.cluster_id / 20 = a.article_id / 20
WHERE a.article_id BETWEEN :first AND :last AND a.article_id % 20 < 6;

-- name: add_edges
-- All pairs of each.
INSERT INTO edge (low_id, high_id, kind, jaccard)
SELECT one.article_id, other.article_id, 'near', 0.9
FROM cluster_member one JOIN cluster_member other USING (cluster_id)
WHERE one.article_id BETWEEN :first AND :last AND one.article_id < other.article_id;

-- name: no_limit
-- Indexes of a million articles take their time.
SET statement_timeout = 0;

-- name: settle
-- As autovacuum leaves it.
VACUUM (ANALYZE) article, url, revision, cluster, cluster_member, edge, source;

-- name: bytes
-- Of the whole database.
SELECT pg_database_size(current_database());
