-- name: story_of
-- The cluster of an article, where it has copies.
SELECT c.cluster_id, c.origin_id, c.articles, c.outlets, c.first_at, c.last_at
FROM cluster_member m JOIN cluster c USING (cluster_id)
WHERE m.article_id = :article_id;

-- name: story_copies
-- The articles of a cluster in the order in which they came out, each with what it is to the origin.
SELECT a.article_id, s.slug AS source, s.name AS source_name, a.canonical_url AS url, a.title, a.agency, a.status, a.word_count, c.out_at, c.delay,
       c.kind, c.jaccard, c.containment, e.content
FROM v_copy c
JOIN article a USING (article_id)
JOIN source s ON s.source_id = a.source_id
LEFT JOIN edge e ON e.low_id = least(c.article_id, c.origin_id) AND e.high_id = greatest(c.article_id, c.origin_id)
WHERE c.copy_group = :cluster_id AND a.status <> 'withdrawn'
ORDER BY c.out_at, a.article_id;

-- name: common_passages
-- Other stories with a passage in common, those with most of it first.
SELECT a.article_id, s.slug AS source, a.canonical_url AS url, a.title, e.jaccard, e.containment
FROM edge e
JOIN article a ON a.article_id = CASE WHEN e.low_id = :article_id THEN e.high_id ELSE e.low_id END
JOIN source s USING (source_id)
WHERE :article_id IN (e.low_id, e.high_id) AND e.kind = 'quote' AND a.status <> 'withdrawn'
ORDER BY e.containment DESC, a.article_id
LIMIT 50;

-- name: side_text
-- One side of a comparison.
SELECT a.article_id, s.name AS source_name, a.title, a.body FROM article a JOIN source s USING (source_id) WHERE a.article_id = :article_id AND a.status <> 'withdrawn';
