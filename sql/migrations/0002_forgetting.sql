-- What `dateline forget` needs: a list of what is still to be wiped from the archive, and a quick way from a capture to who refers to it.
SET LOCAL search_path = news, public;

CREATE TABLE scrub (
  warc_file   text NOT NULL,
  warc_offset bigint NOT NULL CHECK (warc_offset >= 0),
  warc_length integer NOT NULL CHECK (warc_length > 0),
  at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (warc_file, warc_offset)
);
COMMENT ON TABLE scrub IS 'Records of the WARC archive that belong to forgotten URLs and are still to be wiped; a row goes when that is done';

CREATE INDEX article_capture ON article (capture_id) WHERE capture_id IS NOT NULL;
CREATE INDEX revision_capture ON revision (capture_id) WHERE capture_id IS NOT NULL;
