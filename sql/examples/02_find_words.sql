-- Which English articles speak of a mayor and schools, the best matches first, with the words marked?
SELECT v.source, v.published_at, v.title,
       ts_headline('english', v.body, asked.query, 'MaxFragments=1, MaxWords=20, MinWords=8') AS words
FROM websearch_to_tsquery('english', 'mayor schools') AS asked (query)
JOIN news.article a ON a.tsv @@ asked.query AND a.ts_config = 'english'::regconfig
JOIN news.v_article v USING (article_id)
ORDER BY ts_rank('{0.1, 0.2, 0.4, 1.0}', a.tsv, asked.query, 1) DESC, v.published_at DESC NULLS LAST
LIMIT 20;
