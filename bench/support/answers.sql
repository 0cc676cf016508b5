-- The answers that a run got, by status.
SELECT coalesce(CAST(status AS text), error) AS answer, count(*) AS times FROM news.fetch_log WHERE run_id = :run_id GROUP BY 1
