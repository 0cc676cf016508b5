-- What re-extracting the archive needs: what it came to by article, and names of its own in the history of versions and in the change feed.
SET LOCAL search_path = news, public;

ALTER TABLE revision DROP CONSTRAINT revision_reason_check;
ALTER TABLE revision ADD CONSTRAINT revision_reason_check CHECK (reason IN ('first', 'publisher_edit', 'gone', 'restored', 'reextracted'));
ALTER TABLE change DROP CONSTRAINT change_kind_check;
ALTER TABLE change ADD CONSTRAINT change_kind_check CHECK (kind IN ('insert', 'revise', 'gone', 'restore', 'delete', 'reextract'));

CREATE TABLE reextraction (
  article_id bigint PRIMARY KEY REFERENCES article,
  capture_id bigint,
  run_id     uuid NOT NULL REFERENCES run,
  at         timestamptz NOT NULL DEFAULT now(),
  extractor  text NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('rewritten', 'unchanged', 'refused', 'unreadable')),
  fields     text[] NOT NULL DEFAULT '{}',
  detail     text
);
CREATE INDEX reextraction_run ON reextraction (run_id);
COMMENT ON TABLE reextraction IS 'What the last re-extraction of each article from the archive came to';
COMMENT ON COLUMN reextraction.capture_id IS 'The response that was read; retention may have removed it since';
COMMENT ON COLUMN reextraction.extractor IS 'The extractor that was tried; the article has it now, unless it was refused or could not be read';
COMMENT ON COLUMN reextraction.outcome IS 'rewritten: fields differ; unchanged: none does; refused: this extractor''s quality gate would not take the page, and the row stays as it was; unreadable: the archive does not give the response';
COMMENT ON COLUMN reextraction.fields IS 'The columns of the article that were rewritten';
COMMENT ON COLUMN reextraction.detail IS 'Why it was refused or could not be read';
