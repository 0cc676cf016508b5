-- name: share_stop_list
-- Holds the stop list as it is until the transaction ends: its renewal waits for those who look keys up, and they for it. Plans are kept from one
-- look-up to the next: making one for all partitions takes as long as the look-up.
SELECT pg_advisory_xact_lock_shared(7205034), set_config('plan_cache_mode', 'force_generic_plan', true);

-- name: take_unmatched
-- Articles to compare (of the given ones, or of all), with a lock that keeps other matchers off them, and lets whoever changes their text wait.
SELECT article_id FROM unmatched
WHERE CAST(:article_ids AS bigint[]) IS NULL OR article_id = ANY(CAST(:article_ids AS bigint[]))
ORDER BY article_id LIMIT :most FOR UPDATE SKIP LOCKED;

-- name: read_sides
-- Articles as they are compared, but for their texts; `current`: their keys are those of this text; `keys_of`: the text whose they are.
SELECT a.article_id, a.source_id, a.title, a.body_sha256, a.published_at, encode(f.text_sha256, 'hex') AS keys_of,
       coalesce(f.version = :version AND f.text_sha256 = sha256(convert_to(a.title, 'UTF8') || a.body_sha256), false) AS current
FROM article a LEFT JOIN fingerprint f USING (article_id)
WHERE a.article_id = ANY(CAST(:article_ids AS bigint[]))
ORDER BY a.article_id;

-- name: read_bodies
-- Their texts, each once.
SELECT DISTINCT ON (body_sha256) body_sha256, body FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: furniture_blocks
-- The lines that return on a source's pages.
SELECT block FROM furniture WHERE source_id = :source_id;

-- name: body_of
-- The text of one article.
SELECT body FROM article WHERE article_id = :article_id;

-- name: drop_keys
-- These articles' keys no longer lead to them.
DELETE FROM match_key k
USING fingerprint f, unnest(f.keys) AS old (key)
WHERE f.article_id = ANY(CAST(:article_ids AS bigint[])) AND k.key = old.key AND k.article_id = f.article_id;

-- name: put_fingerprints
-- The keys of articles; whoever compares one of them now is waited for.
INSERT INTO fingerprint (article_id, text_sha256, version, keys)
SELECT article_id, sha256(convert_to(a.title, 'UTF8') || a.body_sha256), :version, new.keys
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, keys bigint[])
JOIN article a USING (article_id)
ORDER BY article_id
ON CONFLICT (article_id) DO UPDATE SET text_sha256 = excluded.text_sha256, version = excluded.version, keys = excluded.keys;

-- name: put_keys
-- The same turned round.
INSERT INTO match_key (key, article_id)
SELECT key, article_id FROM fingerprint, unnest(keys) AS its (key)
WHERE article_id = ANY(CAST(:article_ids AS bigint[]))
ORDER BY key;

-- name: find_candidates
-- Articles that share keys with these, or have the same body. LIMIT keeps the planner from reading all keys (stop keys, articles) in place of looking
-- each one up, and the look-up bounded. Nothing is asked but what the index holds: the partition to come is empty, those past their time are dropped.
SELECT article_id, candidate, max(shared) AS shared
FROM (
  SELECT mine.article_id, theirs.article_id AS candidate, count(*) AS shared
  FROM fingerprint mine
  CROSS JOIN LATERAL unnest(mine.keys) AS its (key)
  CROSS JOIN LATERAL (
    SELECT k.article_id FROM match_key k WHERE k.key = its.key AND NOT EXISTS (SELECT FROM stop_key s WHERE s.key = its.key) LIMIT :crowd
  ) AS theirs
  WHERE mine.article_id = ANY(CAST(:article_ids AS bigint[])) AND theirs.article_id <> mine.article_id
  GROUP BY mine.article_id, theirs.article_id
  HAVING count(*) >= :least
  UNION ALL
  SELECT mine.article_id, theirs.article_id, 1000
  FROM article mine
  CROSS JOIN LATERAL (SELECT a.article_id FROM article a WHERE a.body_sha256 = mine.body_sha256 LIMIT :crowd) AS theirs
  WHERE mine.article_id = ANY(CAST(:article_ids AS bigint[])) AND theirs.article_id <> mine.article_id
) AS found
GROUP BY article_id, candidate
ORDER BY candidate, article_id;

-- name: edges_before
-- What was found of these articles before.
SELECT low_id, high_id FROM edge
WHERE low_id = ANY(CAST(:article_ids AS bigint[])) OR high_id = ANY(CAST(:article_ids AS bigint[]));

-- name: hold_fingerprints
-- Those of these articles whose keys are still of the text that was compared (`keys_of`); they stay so until the edges are written.
SELECT f.article_id
FROM fingerprint f JOIN unnest(CAST(:article_ids AS bigint[]), CAST(:keys_of AS text[])) AS compared (article_id, keys_of) USING (article_id)
WHERE f.version = :version AND f.text_sha256 = decode(compared.keys_of, 'hex')
ORDER BY f.article_id
FOR SHARE OF f;

-- name: drop_edges
-- Those of `edges_before`, and none that another matcher has found since: that one compared the texts as they are.
DELETE FROM edge
USING unnest(CAST(:low_ids AS bigint[]), CAST(:high_ids AS bigint[])) AS old (low_id, high_id)
WHERE edge.low_id = old.low_id AND edge.high_id = old.high_id;

-- name: add_edges
-- What was found; of two matchers that found the same pair the second one's row is left out.
INSERT INTO edge (low_id, high_id, kind, jaccard, containment, content, part, high_longer, begins, ends)
SELECT low_id, high_id, kind, jaccard, containment, content, part, high_longer, begins, ends
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (low_id bigint, high_id bigint, kind text, jaccard double precision, containment double precision,
       content double precision, part boolean, high_longer boolean, begins double precision, ends double precision)
ORDER BY low_id, high_id
ON CONFLICT (low_id, high_id) DO NOTHING;

-- name: add_unclustered
-- Their clusters have to be made anew.
INSERT INTO unclustered (article_id) SELECT unnest(CAST(:article_ids AS bigint[]));

-- name: drop_unmatched
-- These are compared.
DELETE FROM unmatched WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: lock_clusters
-- One clusterer at a time.
SELECT pg_advisory_xact_lock(7205033);

-- name: take_unclustered
-- Claims articles whose clusters are to be made anew; rows that are not committed yet come later.
DELETE FROM unclustered
WHERE seq IN (SELECT seq FROM unclustered ORDER BY seq LIMIT :most)
RETURNING article_id;

-- name: touched_articles
-- These articles and whatever belongs with any of them: by an edge, or as the cluster stood (an article leads to its cluster's id, that to all members).
WITH RECURSIVE walk (article_id) AS (
  SELECT unnest(CAST(:article_ids AS bigint[]))
  UNION
  SELECT other.article_id
  FROM walk
  CROSS JOIN LATERAL (
    SELECT high_id FROM edge WHERE low_id = walk.article_id AND (kind <> 'quote' OR part)
    UNION ALL
    SELECT low_id FROM edge WHERE high_id = walk.article_id AND (kind <> 'quote' OR part)
    UNION ALL
    SELECT cluster_id FROM cluster_member WHERE article_id = walk.article_id
    UNION ALL
    SELECT article_id FROM cluster_member WHERE cluster_id = walk.article_id
  ) AS other (article_id)
)
SELECT article_id FROM walk ORDER BY article_id;

-- name: read_edges
-- The edges that hold these articles together, or apart.
SELECT low_id, high_id, kind, jaccard, containment, content, high_longer, begins, ends
FROM edge
WHERE low_id = ANY(CAST(:article_ids AS bigint[])) AND (kind <> 'quote' OR part)
ORDER BY low_id, high_id;

-- name: read_members
-- What decides which article stands for a cluster, of those that may be shown.
SELECT a.article_id, a.source_id, a.status = 'live' AS live, s.name, s.slug, a.agency, a.word_count AS words,
       CASE WHEN a.published_precision IN ('second', 'minute') THEN a.published_at ELSE a.first_seen_at END AS out_at
FROM article a JOIN source s USING (source_id)
WHERE a.article_id = ANY(CAST(:article_ids AS bigint[])) AND a.status <> 'withdrawn'
ORDER BY a.article_id;

-- name: put_clusters
-- New and changed clusters.
INSERT INTO cluster (cluster_id, origin_id, articles, outlets, first_at, last_at)
SELECT cluster_id, origin_id, articles, outlets, first_at, last_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (cluster_id bigint, origin_id bigint, articles integer, outlets integer, first_at timestamptz, last_at timestamptz)
ON CONFLICT (cluster_id) DO UPDATE
SET origin_id = excluded.origin_id, articles = excluded.articles, outlets = excluded.outlets, first_at = excluded.first_at, last_at = excluded.last_at
WHERE (cluster.origin_id, cluster.articles, cluster.outlets, cluster.first_at, cluster.last_at)
  IS DISTINCT FROM (excluded.origin_id, excluded.articles, excluded.outlets, excluded.first_at, excluded.last_at);

-- name: put_members
-- Their articles.
INSERT INTO cluster_member (article_id, cluster_id, source_id, out_at, stands)
SELECT article_id, cluster_id, source_id, out_at, stands
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, cluster_id bigint, source_id bigint, out_at timestamptz, stands boolean)
ON CONFLICT (article_id) DO UPDATE SET cluster_id = excluded.cluster_id, out_at = excluded.out_at, stands = excluded.stands
WHERE (cluster_member.cluster_id, cluster_member.out_at, cluster_member.stands) IS DISTINCT FROM (excluded.cluster_id, excluded.out_at, excluded.stands);

-- name: drop_members
-- Of the touched articles, those that are in no cluster any more.
DELETE FROM cluster_member
WHERE article_id = ANY(CAST(:article_ids AS bigint[])) AND article_id <> ALL(CAST(:kept AS bigint[]));

-- name: drop_clusters
-- Clusters that are no more.
DELETE FROM cluster
WHERE cluster_id = ANY(CAST(:article_ids AS bigint[])) AND cluster_id <> ALL(CAST(:kept AS bigint[]));
