-- What tells two addresses of one article before the second is fetched; how often an outlet edits; whose a member of a cluster is.
SET LOCAL search_path = news, public;

ALTER TABLE url ADD COLUMN mark_sha256 bytea CHECK (octet_length(mark_sha256) = 32);
CREATE INDEX url_mark ON url (mark_sha256) WHERE mark_sha256 IS NOT NULL;
COMMENT ON COLUMN url.mark_sha256 IS 'Hash of site, slug and number, where it ends in such: what stays when an article moves to another section';
CREATE INDEX sighting_guid ON sighting USING hash (guid) WHERE guid IS NOT NULL;

ALTER TABLE attempt DROP CONSTRAINT attempt_outcome_check;
ALTER TABLE attempt ADD CONSTRAINT attempt_outcome_check
  CHECK (outcome IN ('loaded', 'duplicate', 'redirected', 'robots', 'rights', 'http_gone', 'http_error', 'blocked', 'paywalled',
    'non_html', 'non_article', 'too_short', 'bad_page', 'too_old', 'unsafe_url', 'timeout', 'gave_up', 'forgotten',
    'postponed', 'returned', 'unchanged', 'revised', 'gone', 'soft_gone', 'replaced', 'restored'));

ALTER TABLE source
  ADD COLUMN recheck_looks smallint CHECK (recheck_looks BETWEEN 0 AND 500),
  ADD COLUMN edit_rate     real NOT NULL DEFAULT 1 CHECK (edit_rate > 0);
COMMENT ON COLUMN source.recheck_looks IS 'Its own budget of looks at an article, as the source file says; NULL: the setting''s';
COMMENT ON COLUMN source.edit_rate IS 'Edits seen in an article of its, as a multiple of what all outlets have; made anew by dateline maintain';

ALTER TABLE cluster_member ADD COLUMN source_id bigint REFERENCES source;
UPDATE cluster_member m SET source_id = a.source_id FROM article a WHERE a.article_id = m.article_id;
ALTER TABLE cluster_member ALTER COLUMN source_id SET NOT NULL;
COMMENT ON COLUMN cluster_member.source_id IS 'The article''s: a story''s outlets are told without reading its articles';
