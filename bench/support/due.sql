-- Every endpoint and every host is due now.
WITH endpoints AS (UPDATE news.endpoint SET next_poll_at = now())
UPDATE news.host SET next_due_at = now(), next_allowed_at = now()
