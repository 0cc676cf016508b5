-- Who writes most, and about what? Authors of the last 30 days with their most frequent tags.
SELECT author, source, count(DISTINCT article_id) AS articles,
       (SELECT array_agg(tag ORDER BY n DESC, tag)
        FROM (SELECT tag, count(*) AS n
              FROM news.v_article same CROSS JOIN unnest(same.tags) AS tag
              WHERE author = ANY(same.authors) AND same.source = v.source AND same.published_at > now() - interval '30 days'
              GROUP BY tag ORDER BY n DESC, tag LIMIT 5) AS frequent) AS tags
FROM news.v_article v
CROSS JOIN unnest(v.authors) AS author
WHERE v.published_at > now() - interval '30 days'
GROUP BY author, source
ORDER BY articles DESC, author
LIMIT 50;
