-- What a new extractor made of the articles that were there.
SET search_path = news, public;

DROP VIEW IF EXISTS v_reextraction CASCADE;
CREATE VIEW v_reextraction AS
SELECT s.slug AS source, x.article_id, a.canonical_url AS url, a.title, x.outcome, x.detail, x.fields, x.extractor, x.at, x.run_id
FROM reextraction x
JOIN article a USING (article_id)
JOIN source s USING (source_id);
COMMENT ON VIEW v_reextraction IS 'The last re-extraction of each article: what it changed, and, where outcome is refused, which rows this extractor''s quality gate would not have let in';
