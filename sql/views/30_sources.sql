-- How the sources do: health, freshness.
SET search_path = news, public;

DROP VIEW IF EXISTS v_source_health CASCADE;
CREATE VIEW v_source_health AS
WITH polled AS (
  SELECT e.source_id, count(*) AS endpoints, count(*) FILTER (WHERE e.failures >= 1) AS failing_endpoints, max(e.last_polled_at) AS last_polled_at,
         max(e.last_ok_at) AS last_ok_at, max(e.last_new_at) AS last_new_at, min(e.next_poll_at) AS next_poll_at,
         max(h.blocked_until) FILTER (WHERE h.blocked_until > now()) AS blocked_until
  FROM endpoint e JOIN host h USING (host)
  WHERE e.retired_at IS NULL
  GROUP BY e.source_id
), loaded AS (
  SELECT source_id, count(*) FILTER (WHERE loaded_at > now() - interval '1 day') AS loaded_24h, count(*) / 28.0 AS loaded_per_day,
         max(loaded_at) AS last_loaded_at
  FROM article WHERE loaded_at > now() - interval '28 days'
  GROUP BY source_id
), ended AS (
  SELECT u.source_id, count(*) FILTER (WHERE u.outcome NOT IN ('loaded', 'duplicate', 'redirected')) AS refused_24h,
         mode() WITHIN GROUP (ORDER BY u.outcome) FILTER (WHERE u.outcome NOT IN ('loaded', 'duplicate', 'redirected')) AS main_refusal
  FROM attempt a JOIN url u USING (url_id)
  WHERE a.at > now() - interval '1 day' AND a.purpose = 'article' AND u.outcome = a.outcome
  GROUP BY u.source_id
)
SELECT s.slug AS source, s.name, s.country, s.language,
       CASE WHEN s.retired_at IS NOT NULL THEN 'retired'
            WHEN NOT s.enabled THEN 'disabled'
            WHEN p.endpoints IS NULL THEN 'no endpoints'
            WHEN p.last_polled_at IS NULL THEN 'new'
            WHEN p.blocked_until IS NOT NULL THEN 'blocked'
            WHEN p.failing_endpoints = p.endpoints THEN 'failing'
            WHEN coalesce(l.loaded_per_day, 0) >= 4 AND l.loaded_24h = 0 THEN 'quiet'
            ELSE 'ok' END AS health,
       coalesce(p.endpoints, 0) AS endpoints, coalesce(p.failing_endpoints, 0) AS failing_endpoints, p.last_polled_at, p.last_ok_at, p.last_new_at,
       p.next_poll_at, p.blocked_until, l.last_loaded_at, coalesce(l.loaded_24h, 0) AS loaded_24h,
       round(coalesce(l.loaded_per_day, 0), 1) AS loaded_per_day, coalesce(e.refused_24h, 0) AS refused_24h, e.main_refusal,
       ARRAY(SELECT i.kind FROM incident i
             WHERE i.closed_at IS NULL
               AND (i.source_id = s.source_id OR i.host IN (SELECT host FROM endpoint WHERE source_id = s.source_id AND retired_at IS NULL))
             ORDER BY i.opened_at) AS open_incidents
FROM source s
LEFT JOIN polled p USING (source_id)
LEFT JOIN loaded l USING (source_id)
LEFT JOIN ended e USING (source_id);
COMMENT ON VIEW v_source_health IS 'By source: are its endpoints read, do articles come in, what is refused most. Averages over 28 days';
COMMENT ON COLUMN v_source_health.health IS 'retired, disabled, no endpoints, new (not polled yet), blocked (a host asked to wait), failing (every endpoint), quiet (4 articles a day or more as a rule, none for a day), ok';
COMMENT ON COLUMN v_source_health.open_incidents IS 'Kinds of the open incidents on the source, its endpoints and their hosts, the oldest first; v_incident says more';

DROP VIEW IF EXISTS v_freshness CASCADE;
CREATE VIEW v_freshness AS
WITH delay AS (
  SELECT s.slug AS source, a.loaded_at,
         greatest(extract(epoch FROM a.first_seen_at - a.published_at), 0) AS discover_s,
         greatest(extract(epoch FROM a.loaded_at - a.first_seen_at), 0) AS load_s,
         greatest(extract(epoch FROM a.loaded_at - a.published_at), 0) AS total_s
  FROM article a JOIN source s USING (source_id)
  WHERE a.published_precision IN ('second', 'minute')
)
SELECT source, (loaded_at AT TIME ZONE 'UTC')::date AS day, count(*) AS articles,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY discover_s) AS discover_p50_s, percentile_cont(0.95) WITHIN GROUP (ORDER BY discover_s) AS discover_p95_s,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY load_s) AS load_p50_s, percentile_cont(0.95) WITHIN GROUP (ORDER BY load_s) AS load_p95_s,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY total_s) AS total_p50_s, percentile_cont(0.95) WITHIN GROUP (ORDER BY total_s) AS total_p95_s
FROM delay
GROUP BY source, day;
COMMENT ON VIEW v_freshness IS 'By source and day of loading (UTC): seconds from publication to discovery to row, of articles whose printed date has a time of day';
