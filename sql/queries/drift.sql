-- name: read_page_readings
-- What the last pages gave of each source that read one since a moment; of a source whose drift alarm is open also what went
-- before (`drifting_since`): that is the rule. Backfilled pages may be of an older design and do not count.
SELECT s.source_id, open.since AS drifting_since, page.finished_at AS at, page.outcome <> 'loaded' AS refused,
       coalesce(octet_length(a.body), 0) AS size, a.published_at IS NOT NULL AS dated, coalesce(a.authors, '{}') <> '{}' AS has_authors,
       coalesce(left(a.body, 80), '') AS start
FROM source s
LEFT JOIN LATERAL (
  SELECT CAST(i.evidence ->> 'since' AS timestamptz) AS since
  FROM incident i
  WHERE i.kind = 'template_drift' AND i.source_id = s.source_id AND i.closed_at IS NULL
) AS open ON true
CROSS JOIN LATERAL (
  (SELECT url_id, article_id, finished_at, outcome
   FROM url
   WHERE source_id = s.source_id AND outcome IN ('loaded', 'too_short', 'non_article', 'paywalled', 'bad_page') AND priority >= 0
   ORDER BY finished_at DESC
   LIMIT :most)
  UNION
  (SELECT url_id, article_id, finished_at, outcome
   FROM url
   WHERE source_id = s.source_id AND outcome IN ('loaded', 'too_short', 'non_article', 'paywalled', 'bad_page') AND priority >= 0
     AND finished_at < open.since
   ORDER BY finished_at DESC
   LIMIT :most)
) AS page
LEFT JOIN article a ON a.article_id = page.article_id
WHERE s.enabled AND s.retired_at IS NULL
  AND EXISTS (
    SELECT FROM url
    WHERE source_id = s.source_id AND outcome IN ('loaded', 'too_short', 'non_article', 'paywalled', 'bad_page')
      AND finished_at > CAST(:since AS timestamptz))
ORDER BY s.source_id, page.finished_at, page.url_id;
