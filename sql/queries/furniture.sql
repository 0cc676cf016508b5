-- name: uncounted_days
-- Full days (UTC) on which articles were loaded and whose lines are not counted yet, the oldest first.
SELECT CAST(day AS date) AS day
FROM generate_series(CAST(:since AS date), CAST(:until AS date) - 1, interval '1 day') AS day
WHERE NOT EXISTS (SELECT FROM block_day b WHERE b.day = CAST(day AS date))
  AND EXISTS (SELECT FROM article a WHERE a.loaded_at >= day AT TIME ZONE 'UTC' AND a.loaded_at < (day + interval '1 day') AT TIME ZONE 'UTC')
ORDER BY day;

-- name: day_texts
-- What was loaded on a day, source by source: texts, the lines that were left out of them, and the story that each tells.
SELECT a.source_id, a.article_id, coalesce(m.cluster_id, a.article_id) AS story, a.body,
       jsonb_path_query_array(a.evidence, '$[*] ? (@.field == "furniture").value') AS hidden
FROM article a
LEFT JOIN cluster_member m USING (article_id)
WHERE a.loaded_at >= CAST(:day AS timestamp) AT TIME ZONE 'UTC' AND a.loaded_at < (CAST(:day AS timestamp) + interval '1 day') AT TIME ZONE 'UTC'
ORDER BY a.source_id, a.article_id;

-- name: put_block_day
-- The lines of a source's day; whoever counted it at the same time found the same.
INSERT INTO block_day (source_id, day, blocks, article_ids)
VALUES (:source_id, :day, CAST(:blocks AS bigint[]), CAST(:article_ids AS bigint[]))
ON CONFLICT DO NOTHING;

-- name: drop_old_block_days
-- Days past their time.
DELETE FROM block_day WHERE day < :before;

-- name: sources_with_furniture
-- The sources whose lines are counted, or that have furniture from when they were.
SELECT source_id FROM block_day UNION SELECT source_id FROM furniture ORDER BY source_id;

-- name: recurring_blocks
-- A source's lines that stand in :stories stories on :days days and more; of each the newest articles that have it.
WITH seen AS (
  SELECT b.day, line.block, line.article_id
  FROM block_day b CROSS JOIN LATERAL unnest(b.blocks, b.article_ids) AS line (block, article_id)
  WHERE b.source_id = :source_id
), often AS (
  SELECT block FROM seen GROUP BY block HAVING count(*) >= :stories AND count(DISTINCT day) >= :days
)
SELECT s.block, count(DISTINCT coalesce(m.cluster_id, s.article_id)) AS stories, count(DISTINCT s.day) AS days,
       min(s.day) AS first_day, max(s.day) AS last_day, (array_agg(s.article_id ORDER BY s.day DESC, s.article_id))[1:50] AS article_ids
FROM seen s
JOIN often USING (block)
LEFT JOIN cluster_member m ON m.article_id = s.article_id
GROUP BY s.block
HAVING count(DISTINCT coalesce(m.cluster_id, s.article_id)) >= :stories
ORDER BY s.block;

-- name: known_furniture
-- What is on a source's list.
SELECT block, line FROM furniture WHERE source_id = :source_id;

-- name: texts_with_lines
-- The texts of these articles, and the lines that were left out of them.
SELECT article_id, title, body, jsonb_path_query_array(evidence, '$[*] ? (@.field == "furniture").value') AS hidden
FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: texts_compared_since
-- A source's texts whose copies are looked for.
SELECT a.article_id, a.body FROM article a JOIN fingerprint f USING (article_id)
WHERE a.source_id = :source_id AND a.loaded_at >= :since;

-- name: headlines_of
-- The headlines of these articles.
SELECT article_id, title FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: newest_headlines
-- The newest headlines of a source; undated articles count by when they were first seen.
SELECT title FROM article WHERE source_id = :source_id
ORDER BY coalesce(published_at, first_seen_at) DESC, article_id LIMIT :most;

-- name: drop_furniture
-- What a source's pages show no more.
DELETE FROM furniture WHERE source_id = :source_id AND block <> ALL(CAST(:blocks AS bigint[]));

-- name: put_furniture
-- A source's list.
INSERT INTO furniture (source_id, block, line, stories, days, first_day, last_day, hidden)
SELECT :source_id, block, line, stories, days, first_day, last_day, hidden
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (block bigint, line text, stories integer, days integer, first_day date, last_day date, hidden boolean)
ORDER BY block
ON CONFLICT (source_id, block) DO UPDATE
SET stories = excluded.stories, days = excluded.days, first_day = excluded.first_day, last_day = excluded.last_day, hidden = excluded.hidden;

-- name: newest_snapshot
-- The mark of the snapshot that a source's new pages are read with.
SELECT mark FROM furniture_snapshot WHERE source_id = :source_id ORDER BY made_at DESC LIMIT 1;

-- name: put_snapshot
-- A source's new snapshot; one that has been there before becomes the newest again.
INSERT INTO furniture_snapshot (source_id, mark, blocks)
VALUES (:source_id, :mark, CAST(:blocks AS bigint[]))
ON CONFLICT (source_id, mark) DO UPDATE SET made_at = now();

-- name: drop_old_snapshots
-- Snapshots that a newer one has replaced so long ago that no article is looked at with them.
DELETE FROM furniture_snapshot old
WHERE old.made_at < :before
  AND EXISTS (SELECT FROM furniture_snapshot newer WHERE newer.source_id = old.source_id AND newer.made_at > old.made_at AND newer.made_at < :before);

-- name: read_snapshots
-- All snapshots, of each source the newest last.
SELECT source_id, blocks FROM furniture_snapshot ORDER BY source_id, made_at;
