-- Furniture: lines that return on an outlet's pages, counted by day.
SET LOCAL search_path = news, public;

CREATE TABLE block_day (
  source_id   bigint NOT NULL REFERENCES source,
  day         date NOT NULL,
  blocks      bigint[] NOT NULL,
  article_ids bigint[] NOT NULL,
  PRIMARY KEY (source_id, day),
  CHECK (cardinality(blocks) = cardinality(article_ids))
);
COMMENT ON TABLE block_day IS 'The lines of the articles that were loaded on a day (UTC), as hashes; kept 90 days. dateline maintain counts by them what returns';
COMMENT ON COLUMN block_day.blocks IS 'Hashes of the lines'' letters, whether they stand in the body or were left out as furniture';
COMMENT ON COLUMN block_day.article_ids IS 'For each of them an article that has the line: up to three of different stories a day';

CREATE TABLE furniture (
  source_id bigint NOT NULL REFERENCES source,
  block     bigint NOT NULL CHECK (block >= 0),
  line      text NOT NULL,
  stories   integer NOT NULL CHECK (stories > 0),
  days      integer NOT NULL CHECK (days > 0),
  first_day date NOT NULL,
  last_day  date NOT NULL,
  hidden    boolean NOT NULL,
  since     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source_id, block)
);
COMMENT ON TABLE furniture IS 'Lines that return on an outlet''s pages, in three stories on two days and more, as dateline maintain last counted them';
COMMENT ON COLUMN furniture.block IS 'Hash of the line''s letters';
COMMENT ON COLUMN furniture.line IS 'As one of the articles has it';
COMMENT ON COLUMN furniture.stories IS 'In so many; copies and other versions of an article are one story. At most three a day are counted';
COMMENT ON COLUMN furniture.days IS 'On so many days';
COMMENT ON COLUMN furniture.hidden IS 'It is left out of the texts of the outlet''s new articles; else it only tells nothing when texts are compared';
COMMENT ON COLUMN furniture.since IS 'When it was first counted among these';

CREATE TABLE furniture_snapshot (
  source_id bigint NOT NULL REFERENCES source,
  mark      text NOT NULL CHECK (mark ~ '^[0-9a-f]{8}$'),
  blocks    bigint[] NOT NULL,
  made_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source_id, mark)
);
COMMENT ON TABLE furniture_snapshot IS 'The hidden lines of an outlet as of one day. New pages are read with its newest; an article is looked at again with the one that it was read with';
COMMENT ON COLUMN furniture_snapshot.mark IS 'Stands for its content; part of article.extractor';
COMMENT ON COLUMN furniture_snapshot.blocks IS 'As furniture.block';
COMMENT ON COLUMN furniture_snapshot.made_at IS 'When it last became the newest';
