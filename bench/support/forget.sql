-- What a poller without a memory knows when it starts: every endpoint is due, and no validators are at hand.
WITH endpoints AS (
    UPDATE news.endpoint SET next_poll_at = now(), etag = NULL, last_modified = NULL, body_sha256 = NULL, fresh_until = NULL
)
UPDATE news.host SET next_due_at = now(), next_allowed_at = now()
