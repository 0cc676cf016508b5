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
