-- name: a_press
-- Forty outlets, one host each.
WITH made AS (SELECT 'outlet' || n AS slug FROM generate_series(0, 39) AS n),
     houses AS (INSERT INTO host (host) SELECT slug || '.example' FROM made)
INSERT INTO source (slug, name, homepage) SELECT slug, initcap(slug), 'https://' || slug || '.example/' FROM made;

-- name: a_vocabulary
-- Two thousand words.
CREATE TABLE vocabulary AS
SELECT array_agg(chr(97 + n % 26) || chr(97 + n / 26 % 26) || CASE WHEN n % 2 = 0 THEN 'ing' ELSE 'mation' END || n % 7) AS words FROM generate_series(0, 1999) AS n;

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
-- Articles of the last 60 days, forty words each, the frequent ones more often.
INSERT INTO article (article_id, source_id, url_id, canonical_url, title, authors, tags, agency, language, body, body_sha256, word_count, published_at,
                     published_precision, first_seen_at, loaded_at, quality, extractor, ts_config)
SELECT u.article_id, u.source_id, u.url_id, u.url, 'Title ' || u.article_id, ARRAY['Author ' || u.article_id % 5000], ARRAY['tag' || u.article_id % 300],
       CASE WHEN u.article_id % 9 = 0 THEN 'Agency ' || u.article_id % 5 END, 'en', made.body, sha256(convert_to(made.body, 'UTF8')), 40,
       u.first_seen_at - interval '10 minutes', 'second', u.first_seen_at, u.first_seen_at, 1, 'bench', 'english'
FROM url u
CROSS JOIN LATERAL (
  SELECT string_agg(v.words[1 + floor(random() * random() * 2000)::integer], ' ') AS body
  FROM vocabulary v, generate_series(1, 40) WHERE u.url_id IS NOT NULL
) AS made
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

-- name: settle
-- As autovacuum leaves it.
VACUUM (ANALYZE) article, url, revision, cluster, cluster_member, edge, source;

-- name: bytes
-- Of the whole database.
SELECT pg_database_size(current_database());
