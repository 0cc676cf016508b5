-- How much is written once and how much is copied: texts and articles by day?
SELECT (published_at AT TIME ZONE 'UTC')::date AS day, count(*) AS texts, sum(copies + 1) AS articles,
       round(100.0 * sum(copies) / sum(copies + 1), 1) AS copied_percent
FROM news.v_unique_article
WHERE published_at > now() - interval '30 days'
GROUP BY day
ORDER BY day DESC;
