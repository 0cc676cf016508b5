-- The structure of texts: headings, quotes, lists and tables.
SET LOCAL search_path = news, public;

ALTER TABLE article ADD COLUMN body_markdown text;
COMMENT ON COLUMN article.body IS 'The text alone: paragraphs, separated by one blank line';
COMMENT ON COLUMN article.body_markdown IS 'The same lines as Markdown (CommonMark, GFM tables); NULL where that is body to the letter. v_article gives it for every row';
