-- Retry-After at the narrowest scope: which URL of a host asked for quiet last, so that a second one is known for what it is.
SET LOCAL search_path = news, public;

ALTER TABLE host ADD COLUMN quiet_url text, ADD COLUMN quiet_until timestamptz, ADD CHECK ((quiet_url IS NULL) = (quiet_until IS NULL));
COMMENT ON COLUMN host.quiet_url IS 'The URL that asked for quiet last (503): it waits by itself; when another one asks while that lasts, the whole host waits';
COMMENT ON COLUMN host.quiet_until IS 'How long it asked for';
COMMENT ON COLUMN host.blocked_until IS 'Retry-After of 429, or of 503 from two URLs of the host; an unreachable robots.txt; our own outage';
