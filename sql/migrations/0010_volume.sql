-- How much each source publishes, by hour: what silence, drops and jumps are judged by.
SET LOCAL search_path = news, public;

CREATE TABLE volume (
  source_id bigint NOT NULL REFERENCES source,
  hour      timestamptz NOT NULL CHECK (hour = date_trunc('hour', hour, 'UTC')),
  entries   integer NOT NULL CHECK (entries >= 0),
  PRIMARY KEY (source_id, hour)
);
COMMENT ON TABLE volume IS 'By source and hour (UTC): URLs that are articles, or may still become some. Counted again for three days after the hour; half a year is kept';
COMMENT ON COLUMN volume.hour IS 'Of publication, where a list gives its time; else of discovery. Hours without entries may be missing';
