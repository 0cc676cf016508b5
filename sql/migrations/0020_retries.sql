-- Refused URLs may be taken up again; what was archived of them is read from there.
SET LOCAL search_path = news, public;

ALTER TABLE url ADD COLUMN reread_id bigint REFERENCES capture ON DELETE SET NULL;
CREATE INDEX url_reread ON url (reread_id) WHERE reread_id IS NOT NULL;
COMMENT ON COLUMN url.reread_id IS 'The archived response that is read in place of a request, for a refused URL that `dateline retry` has taken up again; NULL: it is fetched';
