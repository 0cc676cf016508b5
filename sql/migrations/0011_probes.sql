-- Endpoints that are gone are looked at weekly; sitemap indexes can't breed without end.
SET LOCAL search_path = news, public;

ALTER TABLE endpoint
  ADD COLUMN probed boolean NOT NULL DEFAULT false,
  ADD COLUMN depth smallint NOT NULL DEFAULT 0 CHECK (depth >= 0),
  ADD CONSTRAINT endpoint_probed_is_retired CHECK (NOT probed OR retired_at IS NOT NULL);
DROP INDEX endpoint_due;
CREATE INDEX endpoint_due ON endpoint (host, next_poll_at) WHERE retired_at IS NULL OR probed;
CREATE INDEX endpoint_parent ON endpoint (parent_id) WHERE parent_id IS NOT NULL;
COMMENT ON COLUMN endpoint.probed IS 'Retired because it is gone (410), and looked at weekly all the same: a good answer brings it back';
COMMENT ON COLUMN endpoint.depth IS 'How many endpoints led to it: 0 is named by the source, 1 by an index or redirect of that, and so on';
