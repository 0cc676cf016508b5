-- What sites reserve in files of their own: tdmrep.json and ai.txt.
SET LOCAL search_path = news, public;

CREATE TABLE rights_file (
  origin      text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('tdmrep', 'ai_txt')),
  host        text NOT NULL REFERENCES host,
  status      smallint,
  body        text NOT NULL DEFAULT '',
  fetched_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (origin, kind)
);
COMMENT ON TABLE rights_file IS '/.well-known/tdmrep.json and /ai.txt of each scheme://host:port, asked for once in 24 hours at the most; status NULL: no answer';
COMMENT ON COLUMN rights_file.kind IS 'tdmrep: /.well-known/tdmrep.json (TDMRep, W3C community group, 10 May 2024); ai_txt: /ai.txt (Spawning)';
COMMENT ON COLUMN rights_file.body IS 'Empty unless the status is 200: that is unknown, and no consent';

ALTER TABLE fetch_log DROP CONSTRAINT fetch_log_purpose_check;
ALTER TABLE fetch_log ADD CONSTRAINT fetch_log_purpose_check CHECK (purpose IN ('endpoint', 'article', 'recheck', 'robots', 'rights', 'probe'));

COMMENT ON COLUMN source.respect IS 'How far rights reservations are heeded: none records them; tdm refuses pages whose rights for text and data mining are reserved (TDMRep in page, header or tdmrep.json, ai.txt, noai, robots.txt that keeps robots away which gather for AI); all heeds noindex, none and unavailable_after of pages too, and archives nothing that says noarchive or no-store';
COMMENT ON COLUMN article.rights IS 'What page and site reserved when it was read, whatever respect says: robots (directives), tdm_reservation and tdm_policy (TDMRep), ai_txt, ai_robots (robots of AI that robots.txt keeps away), origins (where it stood); null: nothing said';
