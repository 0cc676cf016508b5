-- What the poller learns of an endpoint's week, and what its document asks of pollers.
SET LOCAL search_path = news, public;

ALTER TABLE endpoint
  ADD COLUMN rhythm_entries real[] NOT NULL DEFAULT array_fill(0::real, ARRAY[31]) CHECK (cardinality(rhythm_entries) = 31),
  ADD COLUMN rhythm_watched real[] NOT NULL DEFAULT array_fill(0::real, ARRAY[31]) CHECK (cardinality(rhythm_watched) = 31),
  ADD COLUMN window_entries integer CHECK (window_entries >= 0),
  ADD COLUMN least_seconds integer NOT NULL DEFAULT 0 CHECK (least_seconds >= 0),
  ADD COLUMN skip_hours smallint[] NOT NULL DEFAULT '{}',
  ADD COLUMN skip_days smallint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN endpoint.publish_rate IS 'New entries an hour, the mean over its week, decayed with a half-life of 7 days';
COMMENT ON COLUMN endpoint.rhythm_entries IS 'New entries by the 24 hours of the day (UTC), then by the 7 days of the week (Monday first), decayed with a half-life of 4 weeks';
COMMENT ON COLUMN endpoint.rhythm_watched IS 'Hours for which each of these was watched, decayed alike';
COMMENT ON COLUMN endpoint.window_entries IS 'How many entries the document listed when it was last read';
COMMENT ON COLUMN endpoint.least_seconds IS 'The least time between polls that it asked for (ttl, sy:updatePeriod); 0: none';
COMMENT ON COLUMN endpoint.skip_hours IS 'Hours of the day (UTC) in which it asked not to be polled (skipHours)';
COMMENT ON COLUMN endpoint.skip_days IS 'The same for days of the week, Monday 0 (skipDays)';
