-- When a run sent its first request, right after its first claim, and when it ended, right after its last commit.
SELECT min(fetch_log.at) AS began, max(run.ended_at) AS ended
FROM run
JOIN fetch_log USING (run_id)
WHERE run.run_id = :run_id;
