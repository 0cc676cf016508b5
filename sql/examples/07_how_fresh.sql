-- How long after publication is an article in the table, by outlet, over the last week?
SELECT source, sum(articles) AS articles, round(max(total_p50_s) / 60) AS worst_daily_median_minutes, round(max(total_p95_s) / 60) AS worst_daily_p95_minutes
FROM news.v_freshness
WHERE day > current_date - 7
GROUP BY source
ORDER BY worst_daily_median_minutes DESC NULLS LAST, source;
