-- Near copies: keys to find them by, what was found, and clusters of it.
SET LOCAL search_path = news, public;

CREATE TABLE fingerprint (
  article_id  bigint PRIMARY KEY REFERENCES article,
  text_sha256 bytea NOT NULL CHECK (octet_length(text_sha256) = 32),
  version     smallint NOT NULL,
  keys        bigint[] NOT NULL
);
COMMENT ON TABLE fingerprint IS 'The keys by which copies of an article are found; committed before anything is looked up, so that of two articles at least the later one finds the other';
COMMENT ON COLUMN fingerprint.text_sha256 IS 'Of the title and the hash of the body that they were made of: tells whether the article has changed since';
COMMENT ON COLUMN fingerprint.version IS 'Of the rules that choose keys';

CREATE TABLE match_key (
  key        bigint NOT NULL CHECK (key >= 0),
  article_id bigint NOT NULL,
  kept_at    timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (kept_at);
CREATE TABLE match_key_default PARTITION OF match_key DEFAULT;
CREATE INDEX match_key_lookup ON match_key (key, article_id);
COMMENT ON TABLE match_key IS 'fingerprint.keys turned round: which articles have a key. Weekly partitions, made ahead and dropped after 30 days by dateline maintain';

CREATE TABLE stop_list (
  version integer PRIMARY KEY CHECK (version > 0),
  made_at timestamptz NOT NULL DEFAULT now(),
  added   integer NOT NULL,
  removed integer NOT NULL
);
COMMENT ON TABLE stop_list IS 'Versions of the stop list, one each time that maintain found it changed; articles with a changed key are compared anew';

CREATE TABLE stop_key (
  key           bigint PRIMARY KEY,
  since_version integer NOT NULL REFERENCES stop_list
);
COMMENT ON TABLE stop_key IS 'Keys of 50 stories and more: formulas, which lead to no copy and are not looked up';

ALTER TABLE edge DROP CONSTRAINT edge_kind_check;
ALTER TABLE edge
  ADD CHECK (kind IN ('exact', 'near', 'abridged', 'quote')),
  ADD COLUMN jaccard     double precision NOT NULL DEFAULT 1 CHECK (jaccard BETWEEN 0 AND 1),
  ADD COLUMN containment double precision NOT NULL DEFAULT 1 CHECK (containment BETWEEN 0 AND 1),
  ADD COLUMN content     double precision NOT NULL DEFAULT 1 CHECK (content BETWEEN 0 AND 1),
  ADD COLUMN part        boolean NOT NULL DEFAULT false,
  ADD COLUMN high_longer boolean NOT NULL DEFAULT true,
  ADD COLUMN begins      double precision NOT NULL DEFAULT 0,
  ADD COLUMN ends        double precision NOT NULL DEFAULT 1;
COMMENT ON TABLE edge IS 'Pairs of articles with common text, as found when they were last compared';
COMMENT ON COLUMN edge.kind IS 'exact: the same text to the letter; near: nearly the same words; abridged: the longer one begins with the shorter one; quote: a passage in common, two stories';
COMMENT ON COLUMN edge.jaccard IS 'Word triples in both / in either';
COMMENT ON COLUMN edge.containment IS 'Share of the shorter one''s word triples that are in the longer one';
COMMENT ON COLUMN edge.content IS 'Words of four letters and more in both / in either';
COMMENT ON COLUMN edge.part IS 'The shorter one stands as a whole in the longer one, wherever: it may be an item of a digest';
COMMENT ON COLUMN edge.high_longer IS 'high_id is the longer one of the two';
COMMENT ON COLUMN edge.begins IS 'Where the common part begins in the longer one, as a share of its length; ends: where it ends';

CREATE TABLE cluster (
  cluster_id bigint PRIMARY KEY REFERENCES article,
  origin_id  bigint NOT NULL REFERENCES article,
  articles   integer NOT NULL CHECK (articles > 1),
  outlets    integer NOT NULL CHECK (outlets > 0),
  first_at   timestamptz NOT NULL,
  last_at    timestamptz NOT NULL
);
CREATE INDEX cluster_origin ON cluster (origin_id);
CREATE INDEX cluster_first ON cluster (first_at DESC);
COMMENT ON TABLE cluster IS 'Stories that more than one article tells: components of exact, near and abridged edges; the same for any order of arrival';
COMMENT ON COLUMN cluster.cluster_id IS 'The smallest article_id in it';
COMMENT ON COLUMN cluster.origin_id IS 'The article that stands for it: live, then the credited agency''s own, then the earliest, then a complete one, then the smallest id';

CREATE TABLE cluster_member (
  article_id bigint PRIMARY KEY REFERENCES article,
  cluster_id bigint NOT NULL REFERENCES cluster,
  out_at     timestamptz NOT NULL
);
CREATE INDEX cluster_member_cluster ON cluster_member (cluster_id);
COMMENT ON TABLE cluster_member IS 'The articles of each cluster';
COMMENT ON COLUMN cluster_member.out_at IS 'When it was published; when it was first seen, where the printed date has no time of day';

CREATE TABLE unclustered (
  seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  article_id bigint NOT NULL
);
COMMENT ON TABLE unclustered IS 'Articles whose edges or facts changed since their cluster was made, appended; the clusterer takes rows off in the transaction that writes clusters';

CREATE FUNCTION note_unclustered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO news.unclustered (article_id) VALUES (NEW.article_id);
  RETURN NULL;
END $$;
COMMENT ON FUNCTION note_unclustered IS 'An article''s facts decide which one stands for its cluster';
CREATE TRIGGER article_unclustered AFTER UPDATE OF status, agency, published_at, published_precision ON article FOR EACH ROW
WHEN ((OLD.status, OLD.agency, OLD.published_at, OLD.published_precision) IS DISTINCT FROM (NEW.status, NEW.agency, NEW.published_at, NEW.published_precision))
EXECUTE FUNCTION note_unclustered();

-- What was loaded before is compared as well, as far as keys are kept; older copies are clustered by the edges that are there.
INSERT INTO unmatched (article_id) SELECT article_id FROM article WHERE loaded_at > now() - interval '30 days' ON CONFLICT DO NOTHING;
INSERT INTO unclustered (article_id) SELECT low_id FROM edge UNION SELECT high_id FROM edge;
