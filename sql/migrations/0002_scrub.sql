-- What `dateline forget` still has to wipe from the archive.
SET LOCAL search_path = news, public;

CREATE TABLE scrub (
  warc_file   text NOT NULL,
  warc_offset bigint NOT NULL CHECK (warc_offset >= 0),
  warc_length integer NOT NULL CHECK (warc_length > 0),
  at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (warc_file, warc_offset)
);
COMMENT ON TABLE scrub IS 'Records of the WARC archive that belong to forgotten URLs and are still to be wiped; a row goes when that is done';
