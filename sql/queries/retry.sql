-- name: refused_urls
-- Refused URLs of sources in service after a key, in its order; without a filter each of them. `archived`: outcomes that were read out of a response.
SELECT u.url_id, u.url, u.host, s.slug AS source, u.outcome,
       CASE WHEN u.outcome = ANY(CAST(:archived AS text[])) THEN
         (SELECT c.capture_id FROM capture c WHERE c.url_id = u.url_id ORDER BY c.captured_at DESC LIMIT 1)
       END AS capture_id
FROM url u
JOIN source s USING (source_id)
WHERE u.url_id > :after
  AND u.outcome = ANY(CAST(:outcomes AS text[]))
  AND s.enabled AND s.retired_at IS NULL
  AND (CAST(:source AS text) IS NULL OR s.slug = :source)
  AND (CAST(:since AS timestamptz) IS NULL OR u.finished_at >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR u.finished_at < :until)
  AND (CAST(:sha256s AS text[]) IS NULL OR u.url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS wanted (sha256)))
ORDER BY u.url_id
LIMIT :most;

-- name: reopen_urls
-- Puts refused URLs back into the queue, behind all news; what became of them meanwhile stands. The rows of their hosts are held.
UPDATE url
SET outcome = NULL, outcome_detail = NULL, finished_at = NULL, not_before = :now, waiting_for = NULL, tries = 0, unfinished = 0,
    priority = :priority, reread_id = new.capture_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (url_id bigint, outcome text, capture_id bigint)
WHERE url.url_id = new.url_id AND url.outcome = new.outcome
RETURNING url.url_id;
