-- What endpoints answered with may be archived too.
SET LOCAL search_path = news, public;

ALTER TABLE capture
  ADD COLUMN endpoint_id bigint REFERENCES endpoint,
  ALTER COLUMN url_id DROP NOT NULL,
  ADD CONSTRAINT capture_of CHECK ((url_id IS NULL) <> (endpoint_id IS NULL));
CREATE INDEX capture_endpoint ON capture (endpoint_id, captured_at) WHERE endpoint_id IS NOT NULL;
COMMENT ON COLUMN capture.url_id IS 'The page; NULL: a document of an endpoint';
COMMENT ON COLUMN capture.endpoint_id IS 'The feed, sitemap or home page whose document it is (setting archive_endpoints); NULL: a page';
