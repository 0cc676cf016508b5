-- What the requests came to.
SET search_path = news, public;

DROP VIEW IF EXISTS v_fetch_errors CASCADE;
CREATE VIEW v_fetch_errors AS
SELECT host, (at AT TIME ZONE 'UTC')::date AS day, purpose, status, error, count(*) AS requests, max(at) AS last_at
FROM fetch_log
WHERE error IS NOT NULL OR status >= 400
GROUP BY host, day, purpose, status, error;
COMMENT ON VIEW v_fetch_errors IS 'By host and day (UTC): requests that failed or were answered with an error';

DROP VIEW IF EXISTS v_queue CASCADE;
CREATE VIEW v_queue AS
SELECT host, source, state, waiting_for, count(*) AS urls, min(first_seen_at) AS oldest_at, min(not_before) AS next_at, max(blocked_until) AS blocked_until
FROM v_url
WHERE outcome IS NULL
GROUP BY host, source, state, waiting_for;
COMMENT ON VIEW v_queue IS 'Open URLs by host: how many, in what state, what they wait for';
