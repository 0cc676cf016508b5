-- name: count_volume
-- Counts the entries of the last three days by source and hour once more: outcomes become known, and lists show entries late.
INSERT INTO volume AS known (source_id, hour, entries)
SELECT source_id, hour, sum(entries)
FROM (
  SELECT seen.source_id, date_trunc('hour', least(seen.first_seen_at, seen.published_at), 'UTC') AS hour, 1 AS entries
  FROM (
    SELECT u.source_id, u.first_seen_at,
           (SELECT min(g.published_at) FROM sighting g WHERE g.url_id = u.url_id AND g.published_precision IN ('second', 'minute')) AS published_at
    FROM source s
    JOIN url u ON u.source_id = s.source_id AND u.first_seen_at >= CAST(:since AS timestamptz)
    WHERE s.enabled AND (u.outcome IS NULL OR u.outcome IN ('loaded', 'duplicate'))
  ) AS seen
  UNION ALL
  SELECT source_id, hour, 0 FROM volume WHERE hour >= CAST(:since AS timestamptz)
) AS counted
WHERE hour >= CAST(:since AS timestamptz)
GROUP BY source_id, hour
ORDER BY source_id, hour
ON CONFLICT (source_id, hour) DO UPDATE SET entries = excluded.entries WHERE known.entries <> excluded.entries;

-- name: read_volumes
-- Each source in service with its counts since a moment, and when an endpoint of it was read the last time.
SELECT s.source_id, s.timezone, (SELECT max(e.last_ok_at) FROM endpoint e WHERE e.source_id = s.source_id AND e.retired_at IS NULL) AS read_until,
       coalesce(array_agg(v.hour ORDER BY v.hour) FILTER (WHERE v.hour IS NOT NULL), '{}') AS hours,
       coalesce(array_agg(v.entries ORDER BY v.hour) FILTER (WHERE v.hour IS NOT NULL), '{}') AS entries
FROM source s
LEFT JOIN volume v ON v.source_id = s.source_id AND v.hour >= CAST(:since AS timestamptz)
WHERE s.enabled AND s.retired_at IS NULL
GROUP BY s.source_id;

-- name: read_unwatched_hours
-- The hours between two moments in which no run worked, or our own network was down.
SELECT hour
FROM generate_series(CAST(:since AS timestamptz), CAST(:until AS timestamptz), interval '1 hour') AS hour
WHERE hour NOT IN (
  SELECT worked
  FROM run, generate_series(date_trunc('hour', started_at, 'UTC'), coalesce(ended_at, heartbeat_at), interval '1 hour') AS worked
  WHERE coalesce(ended_at, heartbeat_at) >= CAST(:since AS timestamptz))
OR EXISTS (
  SELECT FROM incident
  WHERE kind = 'own_outage' AND opened_at < hour + interval '1 hour' AND coalesce(closed_at, 'infinity') > hour);

-- name: read_endpoint_troubles
-- Endpoints of sources in service that failed the last time, and those that ended by themselves within the last 30 days.
SELECT e.endpoint_id, e.source_id, e.url, e.failures, e.last_status, e.last_ok_at, e.retired_at, e.retired_reason
FROM endpoint e JOIN source s USING (source_id)
WHERE s.enabled AND s.retired_at IS NULL
  AND (e.retired_at IS NULL AND e.failures > 0
       OR e.retired_at > CAST(:now AS timestamptz) - interval '30 days'
          AND e.retired_reason NOT IN ('no longer in the source file', 'moved to an address that is polled already'))
ORDER BY e.endpoint_id;

-- name: drop_old_volume
-- Forgets the counts from before a moment.
DELETE FROM volume WHERE hour < :before;

-- name: read_open_gaps
-- Endpoints of sources in service with gaps that are not healed, of the last 14 days: later than that nothing brings the entries back.
SELECT g.endpoint_id, e.source_id, count(*) AS gaps, sum(g.estimated_loss) AS estimated_loss, min(g.from_at) AS from_at, max(g.to_at) AS to_at
FROM endpoint_gap g
JOIN endpoint e USING (endpoint_id)
JOIN source s USING (source_id)
WHERE g.healed_at IS NULL AND g.found_at > CAST(:now AS timestamptz) - interval '14 days' AND s.enabled AND s.retired_at IS NULL AND e.retired_at IS NULL
GROUP BY g.endpoint_id, e.source_id
ORDER BY g.endpoint_id;
