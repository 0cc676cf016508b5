-- name: healers
-- Where a source lists what its feed may have lost: its best kind of list that works, news sitemaps before sitemaps before home pages.
WITH able AS (
  SELECT endpoint_id, host, CASE kind WHEN 'news_sitemap' THEN 1 WHEN 'sitemap' THEN 2 WHEN 'sitemap_index' THEN 2 ELSE 3 END AS rank
  FROM endpoint
  WHERE source_id = :source_id AND retired_at IS NULL AND failures = 0 AND kind IN ('news_sitemap', 'sitemap', 'sitemap_index', 'homepage')
)
SELECT endpoint_id, host FROM able WHERE rank = (SELECT min(rank) FROM able) ORDER BY endpoint_id;

-- name: add_gap
-- Records a gap; the same one again (a poll that was stored twice) is no other.
INSERT INTO endpoint_gap (endpoint_id, from_at, to_at, estimated_loss, found_at, recovered, healed_at, healed_by)
VALUES (:endpoint_id, :start, :end, :estimated, :now, :recovered, CASE WHEN :healed THEN CAST(:now AS timestamptz) END, CASE WHEN :healed THEN 'paged_feed' END)
ON CONFLICT (endpoint_id, from_at) DO NOTHING;

-- name: call_healers
-- These endpoints are due now, or as soon as their publishers let them be; 5 minutes lie between two polls in any case.
UPDATE endpoint
SET next_poll_at = least(next_poll_at, greatest(:now, fresh_until, last_polled_at + interval '5 minutes'))
WHERE endpoint_id = ANY(CAST(:endpoints AS bigint[]));

-- name: heal_gaps
-- What a list of the source, just read, brings to the open gaps of its feeds: URLs of that time which the feed did not show. It heals a gap when it
-- reaches back before it, or when it brought as many as were estimated. Entries without a time of day count by when they were first seen.
UPDATE endpoint_gap AS gap
SET recovered = greatest(gap.recovered, found.urls),
    healed_at = CASE WHEN found.heals THEN CAST(:now AS timestamptz) END,
    healed_by = CASE WHEN found.heals THEN :kind END
FROM (
  SELECT open.gap_id, brought.urls,
         brought.urls >= open.estimated_loss
           OR coalesce(:kind <> 'homepage' AND (SELECT oldest_entry_at FROM endpoint WHERE endpoint_id = :endpoint_id) <= open.from_at, false) AS heals
  FROM endpoint_gap open
  JOIN endpoint feed USING (endpoint_id)
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS urls
    FROM sighting s
    WHERE s.endpoint_id = :endpoint_id
      AND CASE WHEN s.published_precision IN ('second', 'minute') THEN s.published_at BETWEEN open.from_at AND open.to_at
               WHEN s.updated_precision IN ('second', 'minute') THEN s.updated_at BETWEEN open.from_at AND open.to_at
               ELSE s.first_seen_at BETWEEN open.from_at AND :now END
      AND NOT EXISTS (SELECT FROM sighting own WHERE own.endpoint_id = open.endpoint_id AND own.url_id = s.url_id)
  ) AS brought
  WHERE feed.source_id = :source_id AND open.endpoint_id <> :endpoint_id AND open.healed_at IS NULL
) AS found
WHERE gap.gap_id = found.gap_id;
