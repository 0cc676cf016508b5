-- What the history of an article needs: the words that each version changed, and names for the ways in which an article goes.
SET LOCAL search_path = news, public;

ALTER TABLE revision ADD COLUMN diff jsonb;
COMMENT ON COLUMN revision.diff IS 'What differs from the version before: {"title": […], "body": […]}, each change as [place in the old text in characters, what stood there, what stands there now]; NULL where the text is the same';
ALTER TABLE revision DROP CONSTRAINT revision_reason_check;
ALTER TABLE revision ADD CONSTRAINT revision_reason_check
  CHECK (reason IN ('first', 'publisher_edit', 'gone', 'soft_gone', 'replaced', 'restored', 'reextracted'));
COMMENT ON COLUMN revision.reason IS 'first; publisher_edit: the text was changed; gone, soft_gone, replaced: as of article.status, with the text as it last was; restored: it is back; reextracted: another extractor read the same response';

ALTER TABLE article DROP CONSTRAINT article_status_check;
ALTER TABLE article DROP CONSTRAINT article_check3;
ALTER TABLE article ADD CONSTRAINT article_status_check CHECK (status IN ('live', 'gone', 'soft_gone', 'replaced'));
ALTER TABLE article ADD CONSTRAINT article_gone_check CHECK ((status = 'live') = (gone_at IS NULL));
COMMENT ON COLUMN article.status IS 'live; gone: its address answers 404 or 410; soft_gone: it answers with an error, list or empty page, or leads to the home page; replaced: it leads to, or shows, another article';

ALTER TABLE attempt DROP CONSTRAINT attempt_outcome_check;
ALTER TABLE attempt ADD CONSTRAINT attempt_outcome_check
  CHECK (outcome IN ('loaded', 'duplicate', 'redirected', 'robots', 'rights', 'http_gone', 'http_error', 'blocked', 'paywalled',
    'non_html', 'non_article', 'too_short', 'bad_page', 'too_old', 'unsafe_url', 'timeout', 'gave_up',
    'postponed', 'returned', 'unchanged', 'revised', 'gone', 'soft_gone', 'replaced', 'restored'));

ALTER TABLE change DROP CONSTRAINT change_kind_check;
ALTER TABLE change ADD CONSTRAINT change_kind_check
  CHECK (kind IN ('insert', 'revise', 'gone', 'soft_gone', 'replaced', 'restore', 'delete', 'reextract'));

ALTER TABLE recheck ADD COLUMN suspected text;
COMMENT ON COLUMN recheck.suspected IS 'What the last look found that may be a deletion or a passing trouble; the next look decides';
