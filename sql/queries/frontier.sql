-- name: claim_hosts
-- Leases up to :hosts free hosts on which something is due, the longest unserved first, under one new fencing token.
-- A lease that ran out is simply claimable again; taken_over tells the new holder that the old one may still be on the line.
WITH token AS MATERIALIZED (
  SELECT nextval('lease_token') AS token
), picked AS (
  SELECT host, lease_until IS NOT NULL AS taken_over
  FROM host
  WHERE next_due_at <= now()
    AND next_allowed_at <= now()
    AND (blocked_until IS NULL OR blocked_until <= now())
    AND (lease_until IS NULL OR lease_until < now())
  ORDER BY greatest(next_due_at, next_allowed_at)
  LIMIT :hosts
  FOR UPDATE SKIP LOCKED
)
UPDATE host
SET lease_token = token.token,
    lease_until = now() + make_interval(secs => :lease_seconds),
    blocked_until = NULL,
    blocked_reason = NULL
FROM picked, token
WHERE host.host = picked.host
RETURNING host.host, host.lease_token, host.crawl_delay_ms, picked.taken_over;

-- name: claim_host
-- Leases one host by name under a new fencing token, for requests that stand in no queue (a probe); nothing while it may not be asked.
UPDATE host
SET lease_token = nextval('lease_token'), lease_until = now() + make_interval(secs => :lease_seconds), blocked_until = NULL, blocked_reason = NULL
FROM (
  SELECT host, lease_until IS NOT NULL AS taken_over
  FROM host
  WHERE host = :host
    AND next_allowed_at <= now()
    AND (blocked_until IS NULL OR blocked_until <= now())
    AND (lease_until IS NULL OR lease_until < now())
  FOR UPDATE
) AS picked
WHERE host.host = picked.host
RETURNING host.host, host.lease_token, host.crawl_delay_ms, picked.taken_over;

-- name: host_obstacle
-- Until when a host may not be asked, and why: it asked to wait, or a worker holds it.
SELECT greatest(blocked_until, lease_until, next_allowed_at) AS until,
       CASE WHEN blocked_until > now() THEN blocked_reason WHEN lease_until > now() THEN 'another worker is at it' ELSE 'its pace' END AS reason
FROM host WHERE host = :host;

-- name: claim_pages
-- Takes the due URLs of the leased hosts, each host's by its own budget; counts the claim, and the attempt as unfinished until it ends.
-- The last line is judged again after waiting for a row: a former holder whose lease ran out may be committing its end just now.
UPDATE url
SET lease_token = :token, claims = claims + 1, unfinished = unfinished + 1
FROM unnest(CAST(:hosts AS text[]), CAST(:budgets AS integer[])) AS leased (host, budget)
CROSS JOIN LATERAL (
  SELECT u.url_id
  FROM url u
  WHERE u.host = leased.host AND u.outcome IS NULL AND u.not_before <= now() AND u.unfinished < 2
  ORDER BY u.priority DESC, u.not_before
  LIMIT leased.budget
) AS due
WHERE url.url_id = due.url_id AND url.outcome IS NULL AND url.not_before <= now()
RETURNING url.host;

-- name: claim_suspects
-- For hosts without other due URLs: one URL that was left unfinished twice or more, the least suspect first, so that it can harm no neighbour.
UPDATE url
SET lease_token = :token, claims = claims + 1, unfinished = unfinished + 1
FROM unnest(CAST(:hosts AS text[])) AS leased (host)
CROSS JOIN LATERAL (
  SELECT u.url_id
  FROM url u
  WHERE u.host = leased.host AND u.outcome IS NULL AND u.not_before <= now() AND u.unfinished >= 2
  ORDER BY u.unfinished, u.not_before
  LIMIT 1
) AS due
WHERE url.url_id = due.url_id AND url.outcome IS NULL AND url.not_before <= now();

-- name: claim_rechecks
-- Takes the due rechecks of the leased hosts within the same budgets.
UPDATE recheck
SET lease_token = :token
FROM unnest(CAST(:hosts AS text[]), CAST(:budgets AS integer[])) AS leased (host, budget)
CROSS JOIN LATERAL (
  SELECT r.article_id
  FROM recheck r
  WHERE r.host = leased.host AND r.due_at <= now()
  ORDER BY r.due_at
  LIMIT leased.budget
) AS due
WHERE recheck.article_id = due.article_id AND recheck.due_at <= now();

-- name: leased_pages
-- The URLs that a token holds, with their source, what every endpoint said of them, and the archived response that is to be read in place of a request.
SELECT u.url_id, u.url, u.host, u.tries, u.unfinished > 2 AS alone, u.first_seen_at, u.reread_id, c.warc_file, c.warc_offset, c.warc_length,
       s.source_id, s.slug, s.homepage, s.language, s.timezone, s.respect,
       coalesce(facts.facts, '[]') AS facts
FROM url u
JOIN source s USING (source_id)
LEFT JOIN capture c ON c.capture_id = u.reread_id
LEFT JOIN LATERAL (
  SELECT jsonb_agg(to_jsonb(g) || jsonb_build_object('kind', e.kind) ORDER BY g.endpoint_id) AS facts
  FROM sighting g JOIN endpoint e USING (endpoint_id) WHERE g.url_id = u.url_id
) AS facts ON true
WHERE u.lease_token = :token
ORDER BY u.host, u.priority DESC, u.not_before, u.url_id;

-- name: leased_rechecks
-- The rechecks that a token holds, in the form of leased_pages, with the validators of the version at hand and the extractor that read it.
SELECT u.url_id, a.article_id, a.extractor, u.url, u.host, a.first_seen_at, r.etag, r.last_modified,
       s.source_id, s.slug, s.homepage, s.language, s.timezone, s.respect,
       coalesce(facts.facts, '[]') AS facts
FROM recheck r
JOIN article a USING (article_id)
JOIN url u ON u.url_id = r.url_id
JOIN source s ON s.source_id = a.source_id
LEFT JOIN LATERAL (
  SELECT jsonb_agg(to_jsonb(g) || jsonb_build_object('kind', e.kind) ORDER BY g.endpoint_id) AS facts
  FROM sighting g JOIN endpoint e USING (endpoint_id) WHERE g.url_id = u.url_id
) AS facts ON true
WHERE r.lease_token = :token
ORDER BY u.host, r.due_at, u.url_id;

-- name: due_endpoints
-- The endpoints of the leased hosts that are due; the host's lease covers them.
SELECT e.endpoint_id, e.kind, e.url, e.host, e.etag, e.last_modified, e.body_sha256, e.polls, e.failures, e.publish_rate, e.rate_at,
       e.rhythm_entries, e.rhythm_watched, e.window_entries, e.complete, e.archive_url,
       e.least_seconds, e.skip_hours, e.skip_days, e.last_ok_at, e.retired_at IS NOT NULL AS retired, e.moved_to, e.moved_sightings,
       s.source_id, s.slug, s.homepage, s.language, s.timezone, s.respect
FROM endpoint e
JOIN source s USING (source_id)
WHERE e.host = ANY(CAST(:hosts AS text[])) AND (e.retired_at IS NULL OR e.probed) AND e.next_poll_at <= now() AND s.enabled AND s.retired_at IS NULL
ORDER BY e.host, e.next_poll_at;

-- name: lock_hosts
-- Takes the rows of these hosts in one order everywhere, so that no two transactions wait for each other.
SELECT host FROM host WHERE host = ANY(CAST(:hosts AS text[])) ORDER BY host FOR UPDATE;

-- name: return_work
-- Puts the URLs and rechecks of a host that were claimed but not tried back as they were.
WITH rechecks AS (
  UPDATE recheck SET lease_token = NULL WHERE lease_token = :token AND host = :host
)
UPDATE url
SET lease_token = NULL, unfinished = greatest(unfinished - 1, 0)
WHERE lease_token = :token AND host = :host AND outcome IS NULL;

-- name: release_host
-- Ends the lease: the pace is carried over to the next holder, and next_due_at says anew when something falls due.
-- Runs after lock_hosts in the same transaction: whoever added work before has committed, whoever adds some now waits for this.
UPDATE host
SET lease_token = NULL,
    lease_until = NULL,
    next_allowed_at = now() + make_interval(secs => :pause_seconds),
    next_due_at = coalesce(least(
      (SELECT min(not_before) FROM url WHERE url.host = host.host AND outcome IS NULL),
      (SELECT min(due_at) FROM recheck WHERE recheck.host = host.host),
      (SELECT min(next_poll_at) FROM endpoint JOIN source USING (source_id)
        WHERE endpoint.host = host.host AND (endpoint.retired_at IS NULL OR endpoint.probed) AND source.enabled AND source.retired_at IS NULL)
    ), 'infinity')
WHERE host = :host AND lease_token = :token;

-- name: block_host
-- The whole host waits: 429, 503 of two URLs, robots.txt out of reach, or our own outage.
UPDATE host
SET blocked_until = greatest(:until, coalesce(blocked_until, :until)), blocked_reason = :reason
WHERE host = :host AND lease_token = :token;

-- name: note_quiet
-- A URL of the host asks for quiet (503). The answer says whether another one does too, whose wait still runs, or has only just ended.
UPDATE host
SET quiet_url = :url, quiet_until = :until
FROM (SELECT host, quiet_url <> :url AND quiet_until > now() - interval '1 second' AS another FROM host WHERE host = :host FOR UPDATE) AS before
WHERE host.host = before.host AND host.lease_token = :token
RETURNING coalesce(before.another, false);

-- name: lock_waiting_siblings
-- Hosts of a registrable domain, held until the transaction ends; which of them asked for quiet themselves, with a Retry-After that still runs.
SELECT host, blocked_until > now() AND blocked_reason LIKE '%, Retry-After %' AS asked
FROM host
WHERE host = :domain OR right(host, length(:domain) + 1) = '.' || :domain
ORDER BY host
FOR UPDATE;

-- name: block_siblings
-- The other hosts of a domain wait as long.
UPDATE host SET blocked_until = :until, blocked_reason = :reason
WHERE host = ANY(CAST(:hosts AS text[])) AND coalesce(blocked_until, '-infinity') < :until;

-- name: seconds_until_due
-- How long until a free host has something due, in seconds (0: now; NULL: nothing waits at all), and how many leases are live.
SELECT extract(epoch FROM min(greatest(next_due_at, next_allowed_at, blocked_until, lease_until, now())) FILTER (WHERE next_due_at < 'infinity') - now()) AS seconds,
       count(*) FILTER (WHERE lease_until > now()) AS leased
FROM host;

-- name: add_hosts
-- Makes sure of a row for each host.
INSERT INTO host (host)
SELECT DISTINCT unnest(CAST(:hosts AS text[])) ORDER BY 1
ON CONFLICT (host) DO NOTHING;

-- name: wake_hosts
-- New work: these hosts have something due no later than :due_at.
UPDATE host SET next_due_at = least(next_due_at, :due_at) WHERE host = ANY(CAST(:hosts AS text[])) AND next_due_at > :due_at;

-- name: add_urls
-- Accepts new URLs into the frontier, each once. Forgotten ones stay out; what is known to be an article of the source is ended at once,
-- unfetched: an alias, another form of its address or of an alias, the same slug and number in another section, an entry of a feed that had
-- another address before (`entry_of`). The article's canonical page is fetched all the same, as its row shall read as that one. `forms` are
-- the forms of a URL, `keys` what articles there would be keyed by.
INSERT INTO url (url_sha256, url, source_id, host, priority, not_before, first_seen_at, first_run, mark_sha256, outcome, outcome_detail, finished_at, article_id)
SELECT decode(new.sha256, 'hex'), new.url, :source_id, new.host, :priority, :now, :now, :run_id, decode(new.mark, 'hex'),
       CASE WHEN known.article_id IS NOT NULL THEN 'duplicate' END,
       known.proof,
       CASE WHEN known.article_id IS NOT NULL THEN now() END,
       known.article_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (sha256 text, url text, host text, forms text[], keys bigint[], mark text, entry_of bigint)
LEFT JOIN LATERAL (
  SELECT x.article_id, 'a known alias of the article' AS proof FROM url_alias x WHERE x.url_sha256 = decode(new.sha256, 'hex')
  UNION ALL
  SELECT a.article_id, 'another form of an alias of the article'
  FROM url_alias x JOIN article a USING (article_id)
  WHERE x.url_sha256 = ANY(ARRAY(SELECT sha256(convert_to(f.form, 'UTF8')) FROM unnest(new.forms) AS f (form)))
    AND a.source_id = :source_id AND a.canonical_url <> new.url
  UNION ALL
  SELECT a.article_id, 'another form of the article''s URL'
  FROM article a
  WHERE a.article_id = ANY(new.keys) AND a.canonical_url = ANY(new.forms) AND a.source_id = :source_id AND a.canonical_url <> new.url
  UNION ALL
  SELECT a.article_id, 'the same slug and number in another section'
  FROM url u JOIN article a USING (article_id)
  WHERE u.mark_sha256 = decode(new.mark, 'hex') AND a.source_id = :source_id AND a.canonical_url <> new.url
  UNION ALL
  SELECT a.article_id, 'the same entry of a feed under another address'
  FROM article a
  WHERE a.article_id = new.entry_of AND a.source_id = :source_id AND a.canonical_url <> new.url
  LIMIT 1
) AS known ON true
WHERE NOT EXISTS (SELECT FROM forgotten f WHERE f.url_sha256 = decode(new.sha256, 'hex') OR f.url_sha256 = decode(new.mark, 'hex'))
  AND NOT EXISTS (SELECT FROM url u WHERE u.url_sha256 = decode(new.sha256, 'hex'))
ORDER BY 1
ON CONFLICT (url_sha256) DO NOTHING
RETURNING url_id;
