-- name: fence_pages
-- Which of these URLs the token still holds and nobody has ended; their rows are held until the transaction ends.
SELECT url_id FROM url
WHERE url_id = ANY(CAST(:url_ids AS bigint[])) AND lease_token = :token AND outcome IS NULL
ORDER BY url_id
FOR UPDATE;

-- name: fence_rechecks
-- The same for rechecks, by article.
SELECT article_id FROM recheck
WHERE article_id = ANY(CAST(:article_ids AS bigint[])) AND lease_token = :token
ORDER BY article_id
FOR UPDATE;

-- name: add_captures
-- Notes where responses lie in the archive; the files are closed and synced by now.
INSERT INTO capture (url_id, captured_at, status, final_url, content_type, payload_sha256, warc_file, warc_offset, warc_length)
SELECT url_id, captured_at, status, final_url, content_type, decode(payload_sha256, 'hex'), warc_file, warc_offset, warc_length
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (url_id bigint, captured_at timestamptz, status smallint, final_url text, content_type text,
       payload_sha256 text, warc_file text, warc_offset bigint, warc_length integer)
RETURNING url_id, capture_id;

-- name: lock_names
-- Of two transactions with pages that may be one article, the second waits for the first and then finds its row.
SELECT pg_advisory_xact_lock(hashtextextended(name, 7205031)) FROM unnest(CAST(:urls AS text[])) AS named (name);

-- name: forgotten_names
-- Which of these addresses (by hash) are forgotten.
SELECT encode(url_sha256, 'hex') FROM forgotten
WHERE url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS wanted (sha256));

-- name: known_articles
-- Articles that a page may be: by key, by a proven alias (`alias` is its hash), or because one names the other's URL as canonical.
SELECT a.article_id, a.source_id, a.canonical_url, a.claimed_url, a.title, a.body, NULL AS alias
FROM article a
WHERE a.article_id = ANY(CAST(:keys AS bigint[]))
   OR a.claimed_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS wanted (sha256))
UNION ALL
SELECT a.article_id, a.source_id, a.canonical_url, a.claimed_url, a.title, a.body, encode(x.url_sha256, 'hex')
FROM url_alias x JOIN article a USING (article_id)
WHERE x.url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS wanted (sha256));

-- name: add_articles
-- Inserts articles; a key that another transaction took in the meantime is left out of the answer and decided anew.
INSERT INTO article (article_id, source_id, url_id, canonical_url, claimed_url, claimed_sha256, title, subtitle, authors, byline, agency, dateline, section, tags, article_type,
                     language, language_confidence, body, body_markdown, body_sha256, word_count, image_url, image_caption, image_credit, place, published_at, published_precision,
                     modified_at, modified_precision, first_seen_at, access, quality, quality_flags, rights, evidence, extractor, capture_id, ts_config, search_text)
SELECT article_id, source_id, url_id, canonical_url, claimed_url, decode(claimed_sha256, 'hex'), title, subtitle, authors, byline, agency, dateline, section, tags, article_type,
       language, language_confidence, body, body_markdown, decode(body_sha256, 'hex'), word_count, image_url, image_caption, image_credit, place, published_at, published_precision,
       modified_at, modified_precision, first_seen_at, access, quality, quality_flags, rights, evidence, extractor, capture_id, CAST(ts_config AS regconfig), search_text
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, source_id bigint, url_id bigint, canonical_url text,
       claimed_url text, claimed_sha256 text, title text, subtitle text,
       authors text[], byline text, agency text, dateline text, section text, tags text[], article_type text, language text, language_confidence real,
       body text, body_markdown text, body_sha256 text, word_count integer, image_url text, image_caption text, image_credit text, place text, published_at timestamptz,
       published_precision text, modified_at timestamptz, modified_precision text, first_seen_at timestamptz, access text, quality real, quality_flags text[], rights jsonb, evidence jsonb, extractor text,
       capture_id bigint, ts_config text, search_text text)
ORDER BY article_id
ON CONFLICT (article_id) DO NOTHING
RETURNING article_id;

-- name: add_first_revisions
-- Version 1 of new articles.
INSERT INTO revision (article_id, revision_no, seen_at, reason, title, body, body_sha256, authors, modified_at, capture_id, extractor)
SELECT article_id, 1, loaded_at, 'first', title, body, body_sha256, authors, modified_at, capture_id, extractor
FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: first_readings
-- Articles that are a day old at most and have no edit: their canonical URL, and the one whose page they read as.
SELECT a.article_id, a.canonical_url, u.url AS read_at
FROM article a LEFT JOIN capture c USING (capture_id) JOIN url u ON u.url_id = coalesce(c.url_id, a.url_id)
WHERE a.article_id = ANY(CAST(:article_ids AS bigint[])) AND a.status = 'live' AND a.loaded_at > now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM revision r WHERE r.article_id = a.article_id AND r.reason NOT IN ('first', 'reextracted'))
ORDER BY a.article_id
FOR UPDATE OF a;

-- name: republish
-- When these articles were published, out of another reading of their first version.
UPDATE article
SET published_at = new.published_at, published_precision = new.published_precision
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, published_at timestamptz, published_precision text)
WHERE article.article_id = new.article_id;

-- name: recheck_elsewhere
-- The page that an article reads as is the one to look at again; a look that is on its way goes to the other one.
UPDATE recheck
SET url_id = new.url_id, host = url.host, etag = new.etag, last_modified = new.last_modified
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, url_id bigint, etag text, last_modified text) JOIN url USING (url_id)
WHERE recheck.article_id = new.article_id AND recheck.lease_token IS NULL;

-- name: add_unmatched
-- New or changed articles are compared with the others in a transaction of their own. One that is being compared now is waited for (DO NOTHING
-- would not wait), and then compared again.
INSERT INTO unmatched (article_id)
SELECT article_id FROM unnest(CAST(:article_ids AS bigint[])) AS new (article_id) ORDER BY article_id
ON CONFLICT (article_id) DO UPDATE SET article_id = excluded.article_id;

-- name: add_aliases
-- URLs that are proven to be an article.
INSERT INTO url_alias (url_sha256, url, article_id)
SELECT decode(new.sha256, 'hex'), new.url, new.article_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (sha256 text, url text, article_id bigint)
ORDER BY 1
ON CONFLICT (url_sha256) DO NOTHING;

-- name: alias_redirects
-- URLs that redirected to one of these, from another host, are the same article's aliases too.
INSERT INTO url_alias (url_sha256, url, article_id)
SELECT origin.url_sha256, origin.url, target.article_id
FROM url target JOIN url origin ON origin.redirects_to = target.url_id
WHERE target.url_id = ANY(CAST(:url_ids AS bigint[])) AND target.article_id IS NOT NULL
ORDER BY 1
ON CONFLICT (url_sha256) DO NOTHING;

-- name: alias_origins
-- The other direction: these URLs redirect to one whose article is known already.
INSERT INTO url_alias (url_sha256, url, article_id)
SELECT origin.url_sha256, origin.url, target.article_id
FROM url origin JOIN url target ON target.url_id = origin.redirects_to
WHERE origin.url_id = ANY(CAST(:url_ids AS bigint[])) AND target.article_id IS NOT NULL
ORDER BY 1
ON CONFLICT (url_sha256) DO NOTHING;

-- name: editing_of
-- How often these outlets edit and when, and the budgets of looks that the source file gives them.
SELECT source_id, edit_rate, edit_ages, recheck_looks FROM source WHERE source_id = ANY(CAST(:source_ids AS bigint[]));

-- name: add_rechecks
-- When new articles are looked at again for the first time (infinity: never).
INSERT INTO recheck (article_id, url_id, host, due_at, etag, last_modified)
SELECT new.article_id, new.url_id, url.host, new.due_at, new.etag, new.last_modified
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, url_id bigint, due_at timestamptz, etag text, last_modified text)
JOIN url USING (url_id)
ORDER BY new.article_id
ON CONFLICT (article_id) DO NOTHING;

-- name: add_changes
-- Appends to the change feed.
INSERT INTO change (kind, article_id, revision_no)
SELECT :kind, a.article_id, a.revision_no FROM article a WHERE a.article_id = ANY(CAST(:article_ids AS bigint[])) ORDER BY a.article_id;

-- name: finish_pages
-- The URLs' final outcomes, in the transaction that loads their rows.
UPDATE url
SET outcome = new.outcome, outcome_detail = new.detail, finished_at = now(), article_id = new.article_id, redirects_to = new.redirects_to,
    lease_token = NULL, unfinished = 0, waiting_for = NULL, reread_id = NULL
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (url_id bigint, outcome text, detail text, article_id bigint, redirects_to bigint)
WHERE url.url_id = new.url_id AND url.lease_token = :token AND url.outcome IS NULL;

-- name: postpone_pages
-- URLs that go back to the queue, with the reason.
UPDATE url
SET not_before = new.not_before, waiting_for = new.detail, tries = tries + new.spent, lease_token = NULL, unfinished = 0
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (url_id bigint, not_before timestamptz, detail text, spent integer)
WHERE url.url_id = new.url_id AND url.lease_token = :token AND url.outcome IS NULL;

-- name: find_urls
-- The ids of URLs by hash.
SELECT encode(url_sha256, 'hex') AS sha256, url_id FROM url
WHERE url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS wanted (sha256));

-- name: add_attempts
-- What this run did with each URL; once for each claim, however often the transaction is tried.
INSERT INTO attempt (run_id, url_id, purpose, token, outcome, detail)
SELECT :run_id, url_id, purpose, :token, outcome, detail
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (url_id bigint, purpose text, outcome text, detail text)
ON CONFLICT (url_id, token, purpose) DO NOTHING;

-- name: articles_to_recheck
-- The articles of rechecks as they are now, how often they have been looked at, and the edits found by looks that no list brought about.
SELECT a.article_id, a.source_id, a.title, a.body, a.body_markdown, a.extractor, a.status, a.published_at, a.published_precision, a.first_seen_at, a.canonical_url,
       a.unavailable_after, r.checks, r.suspected, r.told, s.edit_rate, s.edit_ages, s.recheck_looks,
       (SELECT count(*) FROM revision v WHERE v.article_id = a.article_id AND v.reason = 'publisher_edit' AND NOT v.told) AS edits
FROM article a JOIN recheck r USING (article_id) JOIN source s USING (source_id)
WHERE a.article_id = ANY(CAST(:article_ids AS bigint[]))
ORDER BY a.article_id
FOR UPDATE OF a;

-- name: articles_at
-- The articles that are known at these URLs.
SELECT encode(wanted.sha256, 'hex') AS sha256, coalesce(x.article_id, u.article_id) AS article_id
FROM (SELECT decode(sha256, 'hex') AS sha256 FROM unnest(CAST(:sha256s AS text[])) AS given (sha256)) AS wanted
LEFT JOIN url_alias x ON x.url_sha256 = wanted.sha256
LEFT JOIN url u ON u.url_sha256 = wanted.sha256;

-- name: newest_pages
-- What the newest articles of a source say; undated ones count by when they were first seen.
SELECT article_id, title, body FROM article WHERE source_id = :source_id
ORDER BY coalesce(published_at, first_seen_at) DESC, article_id LIMIT :most;

-- name: revise_articles
-- Articles whose text changed in substance: the row takes the new text and facts, its key, URL and first publication stay.
UPDATE article
SET title = new.title, subtitle = new.subtitle, authors = coalesce(new.authors, '{}'), byline = new.byline, agency = new.agency, dateline = new.dateline,
    section = new.section, tags = coalesce(new.tags, '{}'), article_type = new.article_type, body = new.body,
    body_markdown = new.body_markdown, body_sha256 = decode(new.body_sha256, 'hex'),
    word_count = new.word_count, language = new.language, language_confidence = new.language_confidence,
    image_url = new.image_url, image_caption = new.image_caption, image_credit = new.image_credit,
    place = new.place, modified_at = new.modified_at, modified_precision = new.modified_precision, access = new.access,
    quality = new.quality, quality_flags = coalesce(new.quality_flags, '{}'), rights = new.rights, evidence = new.evidence, extractor = new.extractor,
    capture_id = new.capture_id, search_text = new.search_text, ts_config = CAST(new.ts_config AS regconfig),
    revision_no = article.revision_no + 1, changed_at = now(), status = 'live', gone_at = NULL
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, title text, subtitle text, authors text[], byline text, agency text, dateline text,
       section text, tags text[], article_type text, body text, body_markdown text, body_sha256 text, word_count integer, language text,
       language_confidence real, image_url text, image_caption text, image_credit text, place text, modified_at timestamptz, modified_precision text, access text, quality real, quality_flags text[], rights jsonb, evidence jsonb, extractor text, capture_id bigint,
       search_text text, ts_config text)
WHERE article.article_id = new.article_id;

-- name: note_availability
-- After when these articles are not to be shown (NULL: no date), as their pages say now.
UPDATE article SET unavailable_after = new.until
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, until timestamptz)
WHERE article.article_id = new.article_id AND article.unavailable_after IS DISTINCT FROM new.until;

-- name: mark_gone
-- Articles that are not at their address any more, and how: the text stays as it last was.
UPDATE article SET status = :status, gone_at = coalesce(gone_at, now()), changed_at = now(), revision_no = revision_no + 1
WHERE article_id = ANY(CAST(:article_ids AS bigint[])) AND status <> :status;

-- name: mark_restored
-- Deleted articles that are back with the same text.
UPDATE article SET status = 'live', gone_at = NULL, changed_at = now(), revision_no = revision_no + 1
WHERE article_id = ANY(CAST(:article_ids AS bigint[])) AND status <> 'live';

-- name: add_revisions
-- The version that the articles have now, with the reason for it; :diffs holds by article what changed in the text.
INSERT INTO revision (article_id, revision_no, seen_at, reason, title, body, body_sha256, authors, modified_at, capture_id, extractor, diff, told)
SELECT article_id, revision_no, now(), :reason, title, body, body_sha256, authors, modified_at, capture_id, extractor,
       CAST(:diffs AS jsonb) -> CAST(article_id AS text),
       :reason = 'publisher_edit' AND EXISTS (SELECT FROM recheck WHERE recheck.article_id = article.article_id AND recheck.told)
FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: finish_rechecks
-- When each article is looked at next (infinity: no more); validators are kept unless a new version was read. What was told of it is over when it
-- has been looked at, not when it was only put off.
UPDATE recheck
SET due_at = new.due_at, checks = new.checks, suspected = new.suspected, lease_token = NULL,
    told = recheck.told AND new.checks = recheck.checks,
    told_in_vain = CASE WHEN new.edited THEN 0 WHEN recheck.told AND new.checks > recheck.checks THEN recheck.told_in_vain + 1 ELSE recheck.told_in_vain END,
    etag = CASE WHEN new.read THEN new.etag ELSE recheck.etag END,
    last_modified = CASE WHEN new.read THEN new.last_modified ELSE recheck.last_modified END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, due_at timestamptz, checks integer, suspected text, edited boolean, read boolean,
       etag text, last_modified text)
WHERE recheck.article_id = new.article_id AND recheck.lease_token = :token;
