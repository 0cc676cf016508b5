-- Who writes most, and about what? Authors of the last 30 days with their most frequent tags.
WITH written AS (
  SELECT author, v.source, v.tags
  FROM news.v_article v CROSS JOIN unnest(v.authors) AS author
  WHERE v.published_at > now() - interval '30 days'
), busiest AS (
  SELECT author, source, count(*) AS articles FROM written GROUP BY author, source ORDER BY articles DESC, author, source LIMIT 50
), used AS (
  SELECT author, source, tag, count(*) AS times
  FROM busiest JOIN written USING (author, source) CROSS JOIN unnest(tags) AS tag
  GROUP BY author, source, tag
), frequent AS (
  SELECT author, source, (array_agg(tag ORDER BY times DESC, tag))[1:5] AS tags FROM used GROUP BY author, source
)
SELECT author, source, articles, tags
FROM busiest LEFT JOIN frequent USING (author, source)
ORDER BY articles DESC, author, source;
