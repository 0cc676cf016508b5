-- Articles that their publishers let be shown until a date, and what is no longer to be shown.
SET LOCAL search_path = news, public;

ALTER TABLE article ADD COLUMN unavailable_after timestamptz CHECK (isfinite(unavailable_after));
CREATE INDEX article_unavailable ON article (unavailable_after) WHERE unavailable_after IS NOT NULL;
COMMENT ON COLUMN article.unavailable_after IS 'Until when its publisher lets it be shown (the robots directive unavailable_after), as of the last look at its page; NULL: no date. What happens then is a matter of source.respect';

ALTER TABLE article DROP CONSTRAINT article_status_check;
ALTER TABLE article ADD CONSTRAINT article_status_check CHECK (status IN ('live', 'gone', 'soft_gone', 'replaced', 'withdrawn'));
CREATE INDEX article_withdrawn ON article (article_id) WHERE status = 'withdrawn';
COMMENT ON COLUMN article.status IS 'live; gone: its address answers 404 or 410; soft_gone: it answers with an error, list or empty page, or leads to the home page; replaced: it leads to, or shows, another article; withdrawn: its publisher does not let it be shown any more (noindex, or unavailable_after is over) and its source''s respect is all: it is in no view and no export, and stays here with its versions and in the archive';
ALTER TABLE revision DROP CONSTRAINT revision_reason_check;
ALTER TABLE revision ADD CONSTRAINT revision_reason_check
  CHECK (reason IN ('first', 'publisher_edit', 'gone', 'soft_gone', 'replaced', 'withdrawn', 'restored', 'reextracted'));
COMMENT ON COLUMN revision.reason IS 'first; publisher_edit: the text was changed; gone, soft_gone, replaced, withdrawn: as of article.status, with the text as it last was; restored: it is back; reextracted: read anew, from the same response by another extractor, or from the page at the canonical URL after another form of it';
ALTER TABLE attempt DROP CONSTRAINT attempt_outcome_check;
ALTER TABLE attempt ADD CONSTRAINT attempt_outcome_check
  CHECK (outcome IN ('loaded', 'duplicate', 'redirected', 'robots', 'rights', 'http_gone', 'http_error', 'blocked', 'paywalled',
    'non_html', 'non_article', 'too_short', 'bad_page', 'too_old', 'unsafe_url', 'timeout', 'gave_up', 'forgotten',
    'postponed', 'returned', 'unchanged', 'revised', 'gone', 'soft_gone', 'replaced', 'withdrawn', 'restored'));
ALTER TABLE change DROP CONSTRAINT change_kind_check;
ALTER TABLE change ADD CONSTRAINT change_kind_check
  CHECK (kind IN ('insert', 'revise', 'gone', 'soft_gone', 'replaced', 'withdrawn', 'restore', 'delete', 'reextract'));

COMMENT ON COLUMN source.respect IS 'How far rights reservations are heeded: none records them; tdm refuses pages whose rights for text and data mining are reserved (TDMRep in page, header or tdmrep.json, ai.txt, noai, robots.txt that keeps robots away which gather for AI); all heeds noindex, none and unavailable_after of pages too, also where they come later (article.status withdrawn), and archives nothing that says noarchive or no-store';
