-- name: open_incidents
-- Opens an incident for each finding that has none, and brings those that are open up to date.
INSERT INTO incident AS known (kind, source_id, endpoint_id, host, opened_at, seen_at, detail, evidence)
SELECT new.kind, new.source_id, new.endpoint_id, new.host, :now, :now, new.detail, coalesce(new.evidence, '{}')
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, source_id bigint, endpoint_id bigint, host text, detail text, evidence jsonb)
ORDER BY new.kind, new.source_id, new.endpoint_id, new.host
ON CONFLICT (kind, source_id, endpoint_id, host) WHERE closed_at IS NULL DO UPDATE
SET seen_at = greatest(excluded.seen_at, known.seen_at), detail = excluded.detail, evidence = excluded.evidence
RETURNING incident_id, xmax = 0 AS is_new;

-- name: close_incidents
-- Closes the open incidents of a kind but those that were just confirmed: on any subject, or on the given ones only.
UPDATE incident
SET closed_at = greatest(:now, opened_at)
WHERE kind = :kind AND closed_at IS NULL AND incident_id <> ALL(CAST(:confirmed AS bigint[]))
  AND (:everywhere OR EXISTS (
    SELECT FROM jsonb_to_recordset(CAST(:subjects AS jsonb)) AS subject (source_id bigint, endpoint_id bigint, host text)
    WHERE (subject.source_id, subject.endpoint_id, subject.host) IS NOT DISTINCT FROM (incident.source_id, incident.endpoint_id, incident.host)))
RETURNING incident_id;

-- name: read_open_incidents
-- What is wrong now, the newest first.
SELECT incident_id, kind, source, endpoint, host, opened_at, seen_at, closed_at, detail, evidence
FROM v_incident
WHERE closed_at IS NULL
ORDER BY opened_at DESC, incident_id DESC
LIMIT :most;

-- name: expire_incidents
-- Closes the incidents of a kind that nobody has confirmed since a moment.
UPDATE incident SET closed_at = greatest(:now, opened_at) WHERE kind = :kind AND closed_at IS NULL AND seen_at < :before RETURNING incident_id;

-- name: read_untold_incidents
-- Incidents whose opening or closing has not been told, with the word for it; one that opened and closed meanwhile comes twice.
SELECT 'opened' AS news, v.incident_id, v.kind, v.source, v.endpoint, v.host, v.opened_at, v.seen_at, v.closed_at, v.detail, v.evidence
FROM incident i JOIN v_incident v USING (incident_id)
WHERE NOT i.opening_told
UNION ALL
SELECT 'closed', v.incident_id, v.kind, v.source, v.endpoint, v.host, v.opened_at, v.seen_at, v.closed_at, v.detail, v.evidence
FROM incident i JOIN v_incident v USING (incident_id)
WHERE i.closed_at IS NOT NULL AND NOT i.closing_told
ORDER BY incident_id, news DESC;

-- name: mark_incidents_told
-- What was told of each of these incidents.
UPDATE incident
SET opening_told = opening_told OR told.opened IS NOT NULL, closing_told = closing_told OR told.closed IS NOT NULL
FROM (SELECT incident_id, max(news) FILTER (WHERE news = 'opened') AS opened, max(news) FILTER (WHERE news = 'closed') AS closed
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (incident_id bigint, news text) GROUP BY incident_id) AS told
WHERE incident.incident_id = told.incident_id;
