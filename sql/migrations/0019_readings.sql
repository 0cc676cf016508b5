-- A version that is no edit may come of another page of the article, too.
SET LOCAL search_path = news, public;

COMMENT ON COLUMN revision.reason IS 'first; publisher_edit: the text was changed; gone, soft_gone, replaced: as of article.status, with the text as it last was; restored: it is back; reextracted: read anew, from the same response by another extractor, or from the page at the canonical URL after another form of it';
