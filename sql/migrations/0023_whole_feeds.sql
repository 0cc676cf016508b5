-- RFC 5005: feeds that list all their entries, and archived documents that never change.
SET LOCAL search_path = news, public;

ALTER TABLE endpoint ADD COLUMN complete boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN endpoint.complete IS 'Its document says that it lists all entries there are (fh:complete, RFC 5005): none is pushed out of it, so no gap is looked for';
ALTER TABLE endpoint ADD COLUMN archive_url text;
COMMENT ON COLUMN endpoint.archive_url IS 'The newest archived document of this feed (rel=prev-archive, RFC 5005) that was read when a gap was healed; it never changes and is not asked for again';

ALTER TABLE sighting ADD COLUMN left_at timestamptz;
COMMENT ON COLUMN sighting.left_at IS 'When a feed that lists all its entries (endpoint.complete) was first seen without this one: it was taken out. NULL: it stands there, or the feed shows only the latest';
