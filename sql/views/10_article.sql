-- Articles for analysts: as they are now, the copies among them, and one row a text.
SET search_path = news, public;

DROP VIEW IF EXISTS v_article CASCADE;
CREATE VIEW v_article AS
SELECT a.article_id, s.slug AS source, s.name AS source_name, s.country, a.canonical_url AS url, a.title, a.subtitle, a.authors, a.byline, a.agency,
       a.dateline, a.section, a.tags, a.article_type, a.language, a.body,
       coalesce(a.body_markdown, a.body) AS body_markdown, a.word_count, a.published_at, a.published_precision, a.modified_at,
       a.first_seen_at, a.loaded_at, a.changed_at, a.revision_no, a.status, a.gone_at, a.access, a.quality, a.quality_flags, a.rights,
       a.image_url, a.image_caption, a.image_credit, a.place, a.modified_precision, a.language_confidence
FROM article a
JOIN source s USING (source_id);
COMMENT ON VIEW v_article IS 'Every article as it reads now, with its outlet; nothing is filtered out: see quality, access and status';

DROP VIEW IF EXISTS v_copy CASCADE;
CREATE VIEW v_copy AS
WITH RECURSIVE walk (copy_group, article_id) AS (
  -- From the smallest key of each component outwards; where a component has several local minima, the least of them names it.
  SELECT low_id, low_id FROM edge e WHERE NOT EXISTS (SELECT FROM edge below WHERE below.high_id = e.low_id)
  UNION
  SELECT walk.copy_group, CASE WHEN edge.low_id = walk.article_id THEN edge.high_id ELSE edge.low_id END
  FROM walk JOIN edge ON walk.article_id IN (edge.low_id, edge.high_id)
), member AS (
  SELECT min(copy_group) AS copy_group, article_id FROM walk GROUP BY article_id
), told AS (
  SELECT m.copy_group, m.article_id, a.source_id, a.status, s.name, s.slug,
         array_agg(lower(a.agency)) OVER (PARTITION BY m.copy_group) AS credited,
         CASE WHEN a.published_precision IN ('second', 'minute') THEN a.published_at ELSE a.first_seen_at END AS out_at
  FROM member m
  JOIN article a USING (article_id)
  JOIN source s USING (source_id)
)
SELECT copy_group, article_id, source_id, out_at,
       first_value(article_id) OVER (
         PARTITION BY copy_group
         ORDER BY status = 'live' DESC, coalesce(lower(name) = ANY(credited) OR slug = ANY(credited), false) DESC, out_at, article_id
       ) AS origin_id
FROM told;
COMMENT ON VIEW v_copy IS 'Articles that have copies: those of one text share copy_group (the smallest article_id). origin_id is the best of them: live, then the credited agency''s own, then the earliest';
COMMENT ON COLUMN v_copy.out_at IS 'When it was published; when it was first seen, where the printed date has no time of day';

DROP VIEW IF EXISTS v_unique_article CASCADE;
CREATE VIEW v_unique_article AS
SELECT v.*, coalesce(c.copies, 0) AS copies, coalesce(c.outlets, 1) AS outlets
FROM v_article v
LEFT JOIN (
  SELECT origin_id, count(*) - 1 AS copies, count(DISTINCT source_id) AS outlets FROM v_copy GROUP BY origin_id
) AS c ON c.origin_id = v.article_id
WHERE NOT EXISTS (SELECT FROM v_copy other WHERE other.article_id = v.article_id AND other.origin_id <> v.article_id);
COMMENT ON VIEW v_unique_article IS 'One row a text: of articles that are copies of each other the best one, with the number of its copies and of the outlets that ran it';

DROP VIEW IF EXISTS v_syndication CASCADE;
CREATE VIEW v_syndication AS
SELECT c.copy_group, c.origin_id, o.slug AS origin, a.title, a.agency, a.language, min(c.out_at) AS first_at, max(c.out_at) - min(c.out_at) AS spread,
       count(*) AS articles, array_agg(DISTINCT s.slug) AS outlets
FROM v_copy c
JOIN source s USING (source_id)
JOIN article a ON a.article_id = c.origin_id
JOIN source o ON o.source_id = a.source_id
GROUP BY c.copy_group, c.origin_id, o.slug, a.title, a.agency, a.language
HAVING count(DISTINCT c.source_id) > 1;
COMMENT ON VIEW v_syndication IS 'Texts that more than one outlet ran: where each comes from, who ran it, and within which time';
