-- What came in within the last 24 hours, by outlet and language?
SELECT source, language, count(*) AS articles, round(avg(word_count)) AS words, max(loaded_at) AS last_loaded_at
FROM news.v_article
WHERE loaded_at > now() - interval '24 hours'
GROUP BY source, language
ORDER BY articles DESC, source, language;
