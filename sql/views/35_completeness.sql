-- What was seen by which route, what may have been missed, and what was lost between two looks at a feed.
SET search_path = news, public;

DROP VIEW IF EXISTS v_coverage CASCADE;  -- until version 0.1: v_completeness without what was missed
DROP VIEW IF EXISTS v_gap CASCADE;
CREATE VIEW v_gap AS
SELECT s.slug AS source, e.url AS endpoint, g.from_at, g.to_at, g.estimated_loss, g.recovered, g.found_at, g.healed_at, g.healed_by
FROM endpoint_gap g
JOIN endpoint e USING (endpoint_id)
JOIN source s USING (source_id);
COMMENT ON VIEW v_gap IS 'Times in which a feed may have shown entries that nobody saw, with what was recovered of them; open while healed_at is NULL';

DROP VIEW IF EXISTS v_completeness CASCADE;
CREATE VIEW v_completeness AS
WITH route AS (
  SELECT u.source_id, (u.first_seen_at AT TIME ZONE 'UTC')::date AS day, u.url_id, u.outcome,
         coalesce(bool_or(e.kind IN ('rss', 'atom', 'jsonfeed')), false) AS feed,
         coalesce(bool_or(e.kind IN ('news_sitemap', 'sitemap', 'sitemap_index')), false) AS sitemap,
         coalesce(bool_or(e.kind = 'homepage'), false) AS homepage
  FROM url u
  LEFT JOIN sighting g USING (url_id)
  LEFT JOIN endpoint e USING (endpoint_id)
  GROUP BY u.url_id
), counted AS (
  SELECT source_id, day, count(*) AS urls,
         count(*) FILTER (WHERE feed) AS feed, count(*) FILTER (WHERE sitemap) AS sitemap, count(*) FILTER (WHERE route.homepage) AS front,
         count(*) FILTER (WHERE feed AND sitemap) AS feed_and_sitemap, count(*) FILTER (WHERE feed AND homepage) AS feed_and_front,
         count(*) FILTER (WHERE NOT feed AND NOT sitemap AND NOT homepage) AS redirected,
         count(*) FILTER (WHERE outcome = 'loaded') AS loaded
  FROM route GROUP BY source_id, day
), estimated AS (
  SELECT *, CASE WHEN feed > 0 AND sitemap > 0 THEN round((feed + 1.0) * (sitemap + 1.0) / (feed_and_sitemap + 1.0) - 1)
                 WHEN feed > 0 AND front > 0 THEN round((feed + 1.0) * (front + 1.0) / (feed_and_front + 1.0) - 1) END AS total
  FROM counted
), lost AS (
  SELECT e.source_id, (g.from_at AT TIME ZONE 'UTC')::date AS day, count(*) AS gaps, count(*) FILTER (WHERE g.healed_at IS NULL) AS open_gaps,
         sum(g.recovered) AS recovered
  FROM endpoint_gap g JOIN endpoint e USING (endpoint_id)
  GROUP BY e.source_id, day
)
SELECT s.slug AS source, day, coalesce(urls, 0) AS urls, coalesce(feed, 0) AS via_feed, coalesce(sitemap, 0) AS via_sitemap,
       coalesce(front, 0) AS via_homepage, coalesce(feed_and_sitemap, 0) AS via_both, coalesce(redirected, 0) AS via_redirect,
       coalesce(loaded, 0) AS loaded, total AS estimated_total, greatest(total - urls, 0) AS estimated_missed,
       coalesce(gaps, 0) AS gaps, coalesce(open_gaps, 0) AS open_gaps, coalesce(recovered, 0) AS recovered
FROM estimated FULL JOIN lost USING (source_id, day)
JOIN source s USING (source_id);
COMMENT ON VIEW v_completeness IS 'By source and day first seen (UTC): by which route URLs were found, and how many were probably missed';
COMMENT ON COLUMN v_completeness.via_both IS 'In a feed and in a sitemap';
COMMENT ON COLUMN v_completeness.via_redirect IS 'On no list: queued because another host redirected there';
COMMENT ON COLUMN v_completeness.estimated_total IS 'How many there were, seen or not, from the overlap of feed and sitemap (without sitemaps, of feed and home page) taken as two independent catches (Chapman 1951); NULL without two. Routes that favour the same articles make it too low';
COMMENT ON COLUMN v_completeness.estimated_missed IS 'estimated_total less urls';
COMMENT ON COLUMN v_completeness.gaps IS 'Times between two looks at a feed that did not overlap (v_gap), by the day on which they begin';
COMMENT ON COLUMN v_completeness.recovered IS 'URLs of these times that were found elsewhere';
