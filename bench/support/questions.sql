-- name: newest texts
SELECT article_id, source, title, copies, outlets FROM v_unique_article ORDER BY published_at DESC NULLS LAST LIMIT 50;

-- name: an outlet's texts of a day
SELECT article_id, title, copies FROM v_unique_article WHERE source = 'outlet7' AND published_at > now() - interval '1 day' ORDER BY published_at DESC;

-- name: one article among the texts
SELECT * FROM v_unique_article WHERE article_id = 20;

-- name: texts that hold words
SELECT v.article_id, v.title FROM article a JOIN v_unique_article v USING (article_id)
WHERE a.tsv @@ websearch_to_tsquery('english', 'zzing4 wymation1') AND a.ts_config = 'english'::regconfig LIMIT 50;

-- name: all texts, counted
SELECT count(*) FROM v_unique_article;

-- name: newest syndicated stories
SELECT * FROM v_syndication ORDER BY first_at DESC LIMIT 50;

-- name: what an outlet gave away in a week
SELECT copy_group, title, outlets, delays FROM v_syndication WHERE origin = 'outlet7' AND first_at > now() - interval '7 days';

-- name: syndication of one story
SELECT * FROM v_syndication WHERE copy_group = 20;

-- name: all syndicated stories, counted
SELECT count(*) FROM v_syndication;

-- name: copies of an article
SELECT * FROM v_copy WHERE copy_group = (SELECT cluster_id FROM cluster_member WHERE article_id = 21);

-- name: edits of a day
SELECT source, url, undisclosed FROM v_edits WHERE seen_at > now() - interval '1 day';
