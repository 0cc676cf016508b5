-- name: start_run
-- Notes a run; the same run id again (a flow that is retried) takes its row up again.
INSERT INTO run (run_id, flow, code_version, parameters)
VALUES (:run_id, :flow, :code_version, CAST(:parameters AS jsonb))
ON CONFLICT (run_id) DO UPDATE SET state = 'running', ended_at = NULL, heartbeat_at = now();

-- name: beat_run
-- A live run says so.
UPDATE run SET heartbeat_at = now() WHERE run_id = :run_id AND state = 'running';

-- name: end_run
-- A run is over.
UPDATE run SET state = :state, ended_at = now(), heartbeat_at = now() WHERE run_id = :run_id AND state = 'running';

-- name: count_live_runs
-- Other runs of a flow that gave a sign of life within the last :seconds and are not past their end: one that only finishes its last batches
-- makes room for the next.
SELECT count(*)
FROM run
WHERE flow = :flow AND state = 'running' AND run_id <> :run_id AND heartbeat_at > now() - make_interval(secs => :seconds)
  AND coalesce(CAST(parameters ->> 'ends_at' AS timestamptz), 'infinity') > now();
