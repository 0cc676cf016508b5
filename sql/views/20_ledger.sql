-- The ledger: what became of every URL, and what each run did.
SET search_path = news, public;

DROP VIEW IF EXISTS v_url CASCADE;
CREATE VIEW v_url AS
SELECT u.url_id, s.slug AS source, u.url, u.host,
       CASE WHEN u.outcome IS NOT NULL THEN 'done'
            WHEN u.lease_token = h.lease_token AND h.lease_until > now() THEN 'leased'
            WHEN u.not_before <= now() THEN 'due'
            ELSE 'waiting' END AS state,
       u.outcome, u.outcome_detail, u.waiting_for, u.not_before,
       CASE WHEN h.blocked_until > now() THEN h.blocked_until END AS blocked_until,
       CASE WHEN h.blocked_until > now() THEN h.blocked_reason END AS blocked_reason,
       u.priority, u.claims, u.unfinished, u.tries,
       u.first_seen_at, u.first_run, u.finished_at, u.article_id, u.redirects_to
FROM url u
JOIN source s USING (source_id)
JOIN host h ON h.host = u.host;
COMMENT ON VIEW v_url IS 'Every URL with its state now: waiting (not before a time), due, leased (a worker has it), done (see outcome)';

DROP VIEW IF EXISTS v_ledger CASCADE;
CREATE VIEW v_ledger AS
WITH counted AS (
  SELECT s.slug AS source,
         coalesce(u.discovered, 0) AS discovered, coalesce(u.open, 0) AS open,
         coalesce(u.loaded, 0) AS loaded, coalesce(u.duplicate, 0) AS duplicate, coalesce(u.redirected, 0) AS redirected,
         coalesce(u.robots, 0) AS robots, coalesce(u.rights, 0) AS rights, coalesce(u.http_gone, 0) AS http_gone,
         coalesce(u.http_error, 0) AS http_error, coalesce(u.blocked, 0) AS blocked, coalesce(u.paywalled, 0) AS paywalled,
         coalesce(u.non_html, 0) AS non_html, coalesce(u.non_article, 0) AS non_article, coalesce(u.too_short, 0) AS too_short,
         coalesce(u.bad_page, 0) AS bad_page, coalesce(u.too_old, 0) AS too_old, coalesce(u.unsafe_url, 0) AS unsafe_url,
         coalesce(u.timeout, 0) AS timeout, coalesce(u.gave_up, 0) AS gave_up, coalesce(u.forgotten, 0) AS forgotten,
         coalesce(a.articles, 0) AS articles
  FROM source s
  LEFT JOIN (
    SELECT source_id, count(*) AS discovered, count(*) FILTER (WHERE outcome IS NULL) AS open,
           count(*) FILTER (WHERE outcome = 'loaded') AS loaded, count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,
           count(*) FILTER (WHERE outcome = 'redirected') AS redirected, count(*) FILTER (WHERE outcome = 'robots') AS robots,
           count(*) FILTER (WHERE outcome = 'rights') AS rights, count(*) FILTER (WHERE outcome = 'http_gone') AS http_gone,
           count(*) FILTER (WHERE outcome = 'http_error') AS http_error, count(*) FILTER (WHERE outcome = 'blocked') AS blocked,
           count(*) FILTER (WHERE outcome = 'paywalled') AS paywalled, count(*) FILTER (WHERE outcome = 'non_html') AS non_html,
           count(*) FILTER (WHERE outcome = 'non_article') AS non_article, count(*) FILTER (WHERE outcome = 'too_short') AS too_short,
           count(*) FILTER (WHERE outcome = 'bad_page') AS bad_page, count(*) FILTER (WHERE outcome = 'too_old') AS too_old,
           count(*) FILTER (WHERE outcome = 'unsafe_url') AS unsafe_url, count(*) FILTER (WHERE outcome = 'timeout') AS timeout,
           count(*) FILTER (WHERE outcome = 'gave_up') AS gave_up, count(*) FILTER (WHERE outcome = 'forgotten') AS forgotten
    FROM url GROUP BY source_id
  ) AS u USING (source_id)
  LEFT JOIN (SELECT source_id, count(*) AS articles FROM article GROUP BY source_id) AS a USING (source_id)
), summed AS (
  SELECT *, loaded + duplicate + redirected + robots + rights + http_gone + http_error + blocked + paywalled + non_html + non_article + too_short
            + bad_page + too_old + unsafe_url + timeout + gave_up + forgotten AS ended
  FROM counted
)
SELECT *, discovered = open + ended AND loaded = articles AS balanced FROM summed;
COMMENT ON VIEW v_ledger IS 'By source: URLs discovered, open, ended by each outcome, and articles';
COMMENT ON COLUMN v_ledger.balanced IS 'discovered = open + all outcomes, and as many articles as URLs that loaded one';

DROP VIEW IF EXISTS v_ledger_total CASCADE;
CREATE VIEW v_ledger_total AS
SELECT coalesce(sum(discovered), 0)::bigint AS discovered, coalesce(sum(open), 0)::bigint AS open, coalesce(sum(ended), 0)::bigint AS ended,
       coalesce(sum(loaded), 0)::bigint AS loaded, coalesce(sum(articles), 0)::bigint AS articles,
       coalesce((SELECT jsonb_object_agg(outcome, n) FROM (SELECT outcome, count(*) AS n FROM url WHERE outcome IS NOT NULL GROUP BY outcome) AS o), '{}')
         AS by_outcome,
       coalesce(bool_and(balanced), true) AS balanced
FROM v_ledger;
COMMENT ON VIEW v_ledger_total IS 'The ledger of all sources in one row; must balance';

DROP VIEW IF EXISTS v_run_ledger CASCADE;
CREATE VIEW v_run_ledger AS
SELECT done.run_id, s.slug AS source,
       coalesce(sum(n) FILTER (WHERE what = 'discovered'), 0)::bigint AS discovered,
       coalesce(sum(n) FILTER (WHERE what <> 'discovered'), 0)::bigint AS attempts,
       coalesce(sum(n) FILTER (WHERE what = 'loaded'), 0)::bigint AS loaded,
       coalesce(sum(n) FILTER (WHERE what = 'revised'), 0)::bigint AS revised,
       coalesce(sum(n) FILTER (WHERE what = 'unchanged'), 0)::bigint AS unchanged,
       coalesce(sum(n) FILTER (WHERE what = 'gone'), 0)::bigint AS gone,
       coalesce(sum(n) FILTER (WHERE what = 'soft_gone'), 0)::bigint AS soft_gone,
       coalesce(sum(n) FILTER (WHERE what = 'replaced'), 0)::bigint AS replaced,
       coalesce(sum(n) FILTER (WHERE what = 'withdrawn'), 0)::bigint AS withdrawn,
       coalesce(sum(n) FILTER (WHERE what = 'restored'), 0)::bigint AS restored,
       coalesce(sum(n) FILTER (WHERE what = 'duplicate'), 0)::bigint AS duplicate,
       coalesce(sum(n) FILTER (WHERE what = 'redirected'), 0)::bigint AS redirected,
       coalesce(sum(n) FILTER (WHERE what = 'postponed'), 0)::bigint AS postponed,
       coalesce(sum(n) FILTER (WHERE what = 'returned'), 0)::bigint AS returned,
       coalesce(sum(n) FILTER (WHERE what = 'robots'), 0)::bigint AS robots,
       coalesce(sum(n) FILTER (WHERE what = 'rights'), 0)::bigint AS rights,
       coalesce(sum(n) FILTER (WHERE what = 'http_gone'), 0)::bigint AS http_gone,
       coalesce(sum(n) FILTER (WHERE what = 'http_error'), 0)::bigint AS http_error,
       coalesce(sum(n) FILTER (WHERE what = 'blocked'), 0)::bigint AS blocked,
       coalesce(sum(n) FILTER (WHERE what = 'paywalled'), 0)::bigint AS paywalled,
       coalesce(sum(n) FILTER (WHERE what = 'non_html'), 0)::bigint AS non_html,
       coalesce(sum(n) FILTER (WHERE what = 'non_article'), 0)::bigint AS non_article,
       coalesce(sum(n) FILTER (WHERE what = 'too_short'), 0)::bigint AS too_short,
       coalesce(sum(n) FILTER (WHERE what = 'bad_page'), 0)::bigint AS bad_page,
       coalesce(sum(n) FILTER (WHERE what = 'too_old'), 0)::bigint AS too_old,
       coalesce(sum(n) FILTER (WHERE what = 'unsafe_url'), 0)::bigint AS unsafe_url,
       coalesce(sum(n) FILTER (WHERE what = 'timeout'), 0)::bigint AS timeout,
       coalesce(sum(n) FILTER (WHERE what = 'gave_up'), 0)::bigint AS gave_up
FROM (
  SELECT first_run AS run_id, source_id, 'discovered' AS what, count(*) AS n FROM url WHERE first_run IS NOT NULL GROUP BY first_run, source_id
  UNION ALL
  SELECT attempt.run_id, url.source_id, attempt.outcome, count(*) FROM attempt JOIN url USING (url_id) GROUP BY attempt.run_id, url.source_id, attempt.outcome
) AS done
JOIN source s USING (source_id)
GROUP BY done.run_id, s.slug;
COMMENT ON VIEW v_run_ledger IS 'By run and source: URLs that the run was the first to see, and what its attempts came to; a claim whose worker died leaves no trace here';
