-- name: read_ledger
-- The ledger by source; outcomes that did not occur are left out.
SELECT source, discovered, open, ended, articles, balanced,
       (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(
          to_jsonb(v) - ARRAY['source', 'discovered', 'open', 'ended', 'articles', 'balanced']) WHERE value <> '0') AS by_outcome
FROM v_ledger v
ORDER BY source;

-- name: read_ledger_total
-- The ledger of all sources.
SELECT NULL AS source, discovered, open, ended, articles, balanced, by_outcome FROM v_ledger_total;

-- name: read_run_ledger
-- What one run did, by source.
SELECT source, discovered, attempts,
       (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(
          to_jsonb(v) - ARRAY['run_id', 'source', 'discovered', 'attempts']) WHERE value <> '0') AS by_outcome
FROM v_run_ledger v
WHERE run_id = :run_id
ORDER BY source;

-- name: read_queue
-- The open URLs in one row, and what else waits to be done.
SELECT count(*) FILTER (WHERE state = 'due') AS due, count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'leased') AS leased,
       min(not_before) FILTER (WHERE state = 'due') AS due_since, min(not_before) FILTER (WHERE state = 'waiting') AS next_at,
       (SELECT count(*) FROM recheck WHERE due_at <= now()) AS rechecks_due,
       (SELECT count(*) FROM unmatched) AS unmatched,
       (SELECT count(*) FROM host WHERE lease_until > now()) AS hosts_leased
FROM v_url
WHERE outcome IS NULL;

-- name: read_waiting_reasons
-- What open URLs were put off for, the most frequent reasons first.
SELECT waiting_for AS reason, count(*) AS urls, min(not_before) AS next_at
FROM url
WHERE outcome IS NULL AND waiting_for IS NOT NULL
GROUP BY waiting_for
ORDER BY urls DESC, reason
LIMIT 20;

-- name: read_blocked_hosts
-- Hosts that asked to wait, with what waits for them.
SELECT host, blocked_until AS until, blocked_reason AS reason, (SELECT count(*) FROM url WHERE url.host = host.host AND outcome IS NULL) AS urls
FROM host
WHERE blocked_until > now()
ORDER BY urls DESC, host
LIMIT 100;

-- name: read_last_runs
-- The newest runs.
SELECT run_id, flow, state, started_at, heartbeat_at, ended_at FROM run ORDER BY started_at DESC LIMIT 10;

-- name: read_failing_endpoints
-- Endpoints in service whose last poll failed, the worst first.
SELECT s.slug AS source, e.kind, e.url, e.failures, e.last_status AS status, e.last_polled_at, e.last_ok_at, e.next_poll_at
FROM endpoint e JOIN source s USING (source_id)
WHERE e.retired_at IS NULL AND s.retired_at IS NULL AND e.failures > 0
ORDER BY e.failures DESC, s.slug, e.url
LIMIT 50;

-- name: list_articles
-- One page of articles, the last loaded first, after the place where the page before ended.
SELECT article_id, source, url, title, language, published_at, published_precision, loaded_at, word_count, status, revision_no
FROM v_article
WHERE (CAST(:id_before AS bigint) IS NULL OR (loaded_at, article_id) < (CAST(:loaded_before AS timestamptz), CAST(:id_before AS bigint)))
  AND (CAST(:source AS text) IS NULL OR source = :source)
  AND (CAST(:language AS text) IS NULL OR split_part(lower(language), '-', 1) = :language)
  AND (CAST(:until AS timestamptz) IS NULL OR coalesce(published_at, first_seen_at) < :until)
  -- No article is dated later than two days after its loading, so the index on loaded_at serves :since too.
  AND (CAST(:since AS timestamptz) IS NULL
       OR (coalesce(published_at, first_seen_at) >= :since AND loaded_at > CAST(:since AS timestamptz) - interval '2 days'))
ORDER BY loaded_at DESC, article_id DESC
LIMIT :most;

-- name: search_articles
-- Articles that match a query in any of the given configurations, title before body, long texts toned down, the newest of equals first.
-- Each configuration's index scan sees only its own rows; headlines are made for the rows that are shown alone.
WITH found AS (
  SELECT a.article_id, asked.query,
         ts_rank('{0.1, 0.2, 0.4, 1.0}', a.tsv, asked.query, 1) AS rank
  FROM unnest(CAST(CAST(:configs AS text[]) AS regconfig[])) AS used (config)
  CROSS JOIN LATERAL websearch_to_tsquery(used.config, :words) AS asked (query)
  JOIN article a ON a.tsv @@ asked.query AND a.ts_config = used.config
  WHERE CAST(:language AS text) IS NULL OR split_part(lower(a.language), '-', 1) = :language
  ORDER BY rank DESC, a.published_at DESC NULLS LAST, a.article_id
  LIMIT :most
)
SELECT v.article_id, v.source, v.url, v.title, v.language, v.published_at, v.published_precision, v.loaded_at, v.word_count, v.status, v.revision_no,
       found.rank, CASE WHEN a.search_text IS NULL
                        THEN ts_headline(a.ts_config, left(a.body, 125000), found.query, :options) END AS headline,
       CASE WHEN a.search_text IS NOT NULL THEN a.body END AS cjk_body
FROM found
JOIN article a USING (article_id)
JOIN v_article v USING (article_id)
ORDER BY found.rank DESC, v.published_at DESC NULLS LAST, v.article_id;

-- name: find_articles_by_id
-- The first six articles whose id lies in one of these ranges.
SELECT found.article_id
FROM unnest(CAST(:lows AS bigint[]), CAST(:highs AS bigint[])) AS wanted (low, high)
CROSS JOIN LATERAL (
  SELECT a.article_id FROM article a WHERE a.article_id BETWEEN wanted.low AND wanted.high ORDER BY a.article_id LIMIT 6
) AS found
ORDER BY found.article_id
LIMIT 6;

-- name: find_articles_by_url
-- The article that a URL is proven to be.
SELECT article_id FROM url_alias WHERE url_sha256 = decode(:sha256, 'hex')
UNION
SELECT article_id FROM url WHERE url_sha256 = decode(:sha256, 'hex') AND article_id IS NOT NULL
LIMIT 2;

-- name: is_withdrawn
-- Whether its publisher does not let an article be shown any more.
SELECT status = 'withdrawn' FROM article WHERE article_id = :article_id;

-- name: read_article
-- One article as analysts see it.
SELECT * FROM v_article WHERE article_id = :article_id;

-- name: read_article_origin
-- How the row of an article came about.
SELECT a.extractor, a.evidence, c.warc_file, c.warc_offset, c.warc_length
FROM article a LEFT JOIN capture c USING (capture_id)
WHERE a.article_id = :article_id;

-- name: read_revisions
-- The versions of an article, the first one first.
SELECT revision_no, seen_at, reason, title, body, authors, modified_at, extractor FROM revision WHERE article_id = :article_id ORDER BY revision_no;

-- name: read_history
-- The versions of an article, the first one first, and whether the page owned up to each edit.
SELECT r.revision_no, r.seen_at, r.reason, r.title, r.body, r.modified_at, e.undisclosed
FROM revision r
LEFT JOIN v_edits e ON e.article_id = r.article_id AND e.revision_no = r.revision_no
WHERE r.article_id = :article_id
ORDER BY r.revision_no;

-- name: read_aliases
-- The URLs proven to be an article.
SELECT url FROM url_alias WHERE article_id = :article_id ORDER BY url;

-- name: read_copies
-- The other articles of its story.
SELECT v.article_id, v.source, v.url
FROM cluster_member mine
JOIN cluster_member other USING (cluster_id)
JOIN v_article v ON v.article_id = other.article_id
WHERE mine.article_id = :article_id AND other.article_id <> mine.article_id
ORDER BY v.source, v.article_id;
