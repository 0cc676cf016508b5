-- What is wrong now, and what was.
SET search_path = news, public;

DROP VIEW IF EXISTS v_incident CASCADE;
CREATE VIEW v_incident AS
SELECT i.incident_id, i.kind, s.slug AS source, e.url AS endpoint, i.host, i.closed_at IS NULL AS open, i.opened_at, i.seen_at, i.closed_at,
       coalesce(i.closed_at, now()) - i.opened_at AS lasted, i.detail, i.evidence
FROM incident i
LEFT JOIN source s USING (source_id)
LEFT JOIN endpoint e USING (endpoint_id);
COMMENT ON VIEW v_incident IS 'Troubles of sources, endpoints and hosts, open and healed ones; those without any of the three are our own';
