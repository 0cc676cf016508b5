-- Articles for analysts: as they are now, the copies among them, and one row a text.
SET search_path = news, public;

DROP VIEW IF EXISTS v_article CASCADE;
CREATE VIEW v_article AS
SELECT a.article_id, s.slug AS source, s.name AS source_name, s.country, a.canonical_url AS url, a.title, a.subtitle, a.authors, a.byline, a.agency,
       a.dateline, a.section, a.tags, a.article_type, a.language, a.body,
       coalesce(a.body_markdown, a.body) AS body_markdown, a.word_count, a.published_at, a.published_precision, a.modified_at,
       a.first_seen_at, a.loaded_at, a.changed_at, a.revision_no, a.status, a.gone_at, a.access, a.quality, a.quality_flags, a.rights,
       a.image_url, a.image_caption, a.image_credit, a.place, a.modified_precision, a.language_confidence, a.unavailable_after
FROM article a
LEFT JOIN source s USING (source_id)  -- every article has one; what is asked without its columns is then answered without it
WHERE a.status <> 'withdrawn';
COMMENT ON VIEW v_article IS 'Every article as it reads now, with its outlet; nothing is filtered out but what its publisher has withdrawn (sources with respect = all): see quality, access and status';

DROP VIEW IF EXISTS v_copy CASCADE;
CREATE VIEW v_copy AS
SELECT m.cluster_id AS copy_group, m.article_id, m.source_id, m.out_at, c.origin_id, m.out_at - o.out_at AS delay,
       e.kind, e.jaccard, e.containment
FROM cluster_member m
JOIN cluster c USING (cluster_id)
JOIN cluster_member o ON o.article_id = c.origin_id
LEFT JOIN edge e ON e.low_id = least(m.article_id, c.origin_id) AND e.high_id = greatest(m.article_id, c.origin_id);
COMMENT ON VIEW v_copy IS 'Articles that have copies: those of one story share copy_group (the smallest article_id). origin_id is the best of them: live, then the credited agency''s own, then the earliest. What its publisher has withdrawn is none of them';
COMMENT ON COLUMN v_copy.out_at IS 'When it was published; when it was first seen, where the printed date has no time of day';
COMMENT ON COLUMN v_copy.delay IS 'How much later than the origin it came out';
COMMENT ON COLUMN v_copy.kind IS 'What it is to the origin: exact, near, abridged (one of the two is a shortened copy), quote; NULL for the origin itself, and for a copy of its copies';
COMMENT ON COLUMN v_copy.jaccard IS 'Word triples in both / in either, beside the origin';
COMMENT ON COLUMN v_copy.containment IS 'Share of the shorter one''s word triples that are in the longer one, beside the origin';

DROP VIEW IF EXISTS v_unique_article CASCADE;
CREATE VIEW v_unique_article AS
SELECT v.*, coalesce(c.articles - 1, 0) AS copies, coalesce(c.outlets, 1) AS outlets
FROM v_article v
LEFT JOIN cluster c ON c.origin_id = v.article_id
WHERE NOT EXISTS (SELECT FROM cluster_member m WHERE m.article_id = v.article_id AND NOT m.stands);
COMMENT ON VIEW v_unique_article IS 'One row a story text: of articles that are copies of each other the best one (v_copy.origin_id), with the number of its copies and of the outlets that ran it. A story stays when none of them is live: status then tells so; what their publishers have withdrawn neither stands for a story nor counts';

DROP VIEW IF EXISTS v_syndication CASCADE;
CREATE VIEW v_syndication AS
SELECT c.cluster_id AS copy_group, c.origin_id, o.slug AS origin, a.title, a.agency, a.language, c.first_at, c.last_at - c.first_at AS spread,
       c.articles, ran.outlets, ran.delays
FROM cluster c
JOIN article a ON a.article_id = c.origin_id
JOIN cluster_member om ON om.article_id = c.origin_id
JOIN source o ON o.source_id = om.source_id
CROSS JOIN LATERAL (
  SELECT array_agg(first.slug ORDER BY first.slug) AS outlets, array_agg(first.out_at - om.out_at ORDER BY first.slug) AS delays
  FROM (
    SELECT s.slug, min(m.out_at) AS out_at
    FROM cluster_member m
    JOIN source s USING (source_id)
    WHERE m.cluster_id = c.cluster_id
    GROUP BY s.slug
  ) AS first
) AS ran
WHERE c.outlets > 1 AND a.status <> 'withdrawn';
COMMENT ON VIEW v_syndication IS 'Stories that more than one outlet ran: where each comes from, who ran it, and how much later';
COMMENT ON COLUMN v_syndication.delays IS 'For each of the outlets, how much later than the origin its first version came out (0 for the origin''s own)';
