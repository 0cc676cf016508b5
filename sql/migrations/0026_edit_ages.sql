-- When in an article's life each outlet edits.
SET LOCAL search_path = news, public;

ALTER TABLE source ADD COLUMN edit_ages real[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN source.edit_ages IS 'Edits that told their time, by steps of the article''s age (pipeline/dedupe/editages.py); empty: none known. Made anew by dateline maintain';
