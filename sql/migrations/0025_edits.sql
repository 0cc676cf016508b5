-- Edits are found by their time, and looked for when a list tells of them.
SET LOCAL search_path = news, public;

CREATE INDEX revision_edited ON revision (seen_at) WHERE reason = 'publisher_edit';

ALTER TABLE recheck
  ADD COLUMN told         boolean NOT NULL DEFAULT false,
  ADD COLUMN told_in_vain smallint NOT NULL DEFAULT 0 CHECK (told_in_vain >= 0);
COMMENT ON COLUMN recheck.told IS 'It is due since a feed or sitemap gave it another headline or a later time of change';
COMMENT ON COLUMN recheck.told_in_vain IS 'Looks in a row that such a sign led to and that found no edit; after two the signs no longer count, until an edit is found';
