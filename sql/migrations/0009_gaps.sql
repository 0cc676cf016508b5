-- Times in which a feed may have shown entries that nobody saw.
SET LOCAL search_path = news, public;

CREATE TABLE endpoint_gap (
  gap_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint_id bigint NOT NULL REFERENCES endpoint,
  from_at     timestamptz NOT NULL,
  to_at       timestamptz NOT NULL,
  estimated_loss real NOT NULL CHECK (estimated_loss > 0),
  found_at    timestamptz NOT NULL,
  recovered   integer NOT NULL DEFAULT 0 CHECK (recovered >= 0),
  healed_at   timestamptz,
  healed_by   text CHECK (healed_by IN ('paged_feed', 'news_sitemap', 'sitemap', 'homepage')),
  UNIQUE (endpoint_id, from_at),
  CHECK (to_at >= from_at AND found_at >= from_at),
  CHECK ((healed_at IS NULL) = (healed_by IS NULL))
);
CREATE INDEX endpoint_gap_open ON endpoint_gap (endpoint_id) WHERE healed_at IS NULL;
COMMENT ON TABLE endpoint_gap IS 'Two looks at a feed without overlap: entries may have come and gone between them. Older pages of the feed, sitemaps and home pages heal it';
COMMENT ON COLUMN endpoint_gap.from_at IS 'The look before';
COMMENT ON COLUMN endpoint_gap.to_at IS 'The oldest entry of the look after, or that look where entries are not dated';
COMMENT ON COLUMN endpoint_gap.estimated_loss IS 'Entries that the feed publishes in that time as a rule, at least 1';
COMMENT ON COLUMN endpoint_gap.recovered IS 'URLs of that time that were found elsewhere and that the feed did not show';
COMMENT ON COLUMN endpoint_gap.healed_at IS 'When a list that reaches back before the gap had been read, or as many URLs were recovered as were estimated; NULL: open';

ALTER TABLE endpoint
  ADD COLUMN fresh_until timestamptz,
  ADD COLUMN oldest_entry_at timestamptz;
COMMENT ON COLUMN endpoint.fresh_until IS 'The publisher asked not to be polled before (ttl, max-age)';
COMMENT ON COLUMN endpoint.oldest_entry_at IS 'The oldest dated entry of the document when it was last read';
