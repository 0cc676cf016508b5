-- Dateline's tables (Postgres 15 or later, no extension). What each is for stands in its COMMENT.
-- A URL's state is not stored twice: it is open while `outcome` is NULL, and leased while its host's lease runs.

CREATE SCHEMA news;
SET LOCAL search_path = news, public;

-- 1. who publishes ----------------------------------------------------------------------------------------
CREATE TABLE source (
  source_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  name        text NOT NULL,
  homepage    text NOT NULL,
  country     text CHECK (country ~ '^[A-Z]{2}$'),
  language    text,
  media_type  text,
  timezone    text NOT NULL DEFAULT 'UTC',
  respect     text NOT NULL DEFAULT 'none' CHECK (respect IN ('none', 'tdm', 'all')),
  enabled     boolean NOT NULL DEFAULT true,
  created_at  timestamptz NOT NULL DEFAULT now(),
  retired_at  timestamptz
);
COMMENT ON TABLE source IS 'Outlets whose articles are wanted. Removing one retires it; its rows stay.';
COMMENT ON COLUMN source.timezone IS 'IANA name; resolves dates that are printed without a zone';
COMMENT ON COLUMN source.respect IS 'How far rights reservations are heeded: none records them, tdm refuses reserved pages, all heeds robots directives of pages too';

-- 2. one pace and one lease per host, across all workers -------------------------------------------------------
CREATE SEQUENCE lease_token;
COMMENT ON SEQUENCE lease_token IS 'Fencing tokens: a later claim always has the larger token';

CREATE TABLE host (
  host            text PRIMARY KEY,
  crawl_delay_ms  integer CHECK (crawl_delay_ms >= 0),
  next_allowed_at timestamptz NOT NULL DEFAULT '-infinity',
  blocked_until   timestamptz,
  blocked_reason  text,
  next_due_at     timestamptz NOT NULL DEFAULT 'infinity',
  lease_token     bigint,
  lease_until     timestamptz,
  CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
  CHECK ((blocked_until IS NULL) = (blocked_reason IS NULL))
);
CREATE INDEX host_due ON host (next_due_at);
CREATE INDEX host_lease ON host (lease_token) WHERE lease_token IS NOT NULL;
COMMENT ON TABLE host IS 'One row a host name (the pace key): its pace, its lease, and when something on it falls due';
COMMENT ON COLUMN host.host IS 'Host name without scheme and port; address:port for allow-listed loopback addresses';
COMMENT ON COLUMN host.crawl_delay_ms IS 'From robots.txt; NULL: none stated, the default delay applies';
COMMENT ON COLUMN host.next_allowed_at IS 'End of the last response plus the delay: no request before it';
COMMENT ON COLUMN host.blocked_until IS 'Retry-After of 429 or 503, or an unreachable robots.txt';
COMMENT ON COLUMN host.next_due_at IS 'No later than the earliest open URL, poll or recheck of this host; infinity: nothing waits';
COMMENT ON COLUMN host.lease_token IS 'The batch that may send requests to this host now';

CREATE TABLE robots (
  origin      text PRIMARY KEY,
  host        text NOT NULL REFERENCES host,
  status      smallint,
  body        text NOT NULL DEFAULT '',
  fetched_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
COMMENT ON TABLE robots IS 'robots.txt of each scheme://host:port (RFC 9309), kept 24 hours at the most; status NULL: no answer';

-- 3. endpoints polled --------------------------------------------------------------------------------------------
CREATE TABLE endpoint (
  endpoint_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source_id       bigint NOT NULL REFERENCES source,
  parent_id       bigint REFERENCES endpoint,
  kind            text NOT NULL CHECK (kind IN ('rss', 'atom', 'jsonfeed', 'news_sitemap', 'sitemap', 'sitemap_index', 'homepage')),
  url             text NOT NULL CHECK (length(url) <= 8192),
  url_sha256      bytea NOT NULL UNIQUE CHECK (octet_length(url_sha256) = 32),
  host            text NOT NULL REFERENCES host,
  etag            text,
  last_modified   text,
  body_sha256     bytea CHECK (octet_length(body_sha256) = 32),
  polls           integer NOT NULL DEFAULT 0 CHECK (polls >= 0),
  next_poll_at    timestamptz NOT NULL DEFAULT now(),
  publish_rate    double precision NOT NULL DEFAULT 0 CHECK (publish_rate >= 0),
  rate_at         timestamptz,
  failures        real NOT NULL DEFAULT 0 CHECK (failures >= 0),
  last_polled_at  timestamptz,
  last_ok_at      timestamptz,
  last_new_at     timestamptz,
  last_status     text,
  beyond_horizon  bigint NOT NULL DEFAULT 0,
  moved_to        text,
  moved_sightings integer NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT now(),
  retired_at      timestamptz,
  retired_reason  text,
  CHECK ((retired_at IS NULL) = (retired_reason IS NULL))
);
CREATE INDEX endpoint_due ON endpoint (host, next_poll_at) WHERE retired_at IS NULL;
CREATE INDEX endpoint_source ON endpoint (source_id);
COMMENT ON TABLE endpoint IS 'Feeds, sitemaps and pages that are polled for links';
COMMENT ON COLUMN endpoint.publish_rate IS 'New entries an hour, decayed with a half-life of 7 days';
COMMENT ON COLUMN endpoint.failures IS 'Hard failures count 1, soft ones 1/2, temporary ones 1/4; 0 after a success';
COMMENT ON COLUMN endpoint.beyond_horizon IS 'Entries seen that were older than the horizon: counted, not queued';

-- 4. runs -------------------------------------------------------------------------------------------------------------
CREATE TABLE run (
  run_id       uuid PRIMARY KEY,
  flow         text NOT NULL,
  code_version text NOT NULL,
  parameters   jsonb NOT NULL DEFAULT '{}',
  started_at   timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz NOT NULL DEFAULT now(),
  ended_at     timestamptz,
  state        text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'completed', 'failed', 'abandoned')),
  CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE INDEX run_started ON run (started_at DESC);
COMMENT ON TABLE run IS 'One row a flow run or command that worked the queue; run_id is the Prefect flow run id';

-- 5. the frontier: one row per normalised URL -------------------------------------------------------------------------------
CREATE TABLE url (
  url_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url_sha256     bytea NOT NULL UNIQUE CHECK (octet_length(url_sha256) = 32),
  url            text NOT NULL CHECK (length(url) <= 8192),
  source_id      bigint NOT NULL REFERENCES source,
  host           text NOT NULL REFERENCES host,
  priority       real NOT NULL DEFAULT 0,
  not_before     timestamptz NOT NULL DEFAULT now(),
  waiting_for    text,
  claims         integer NOT NULL DEFAULT 0 CHECK (claims >= 0),
  unfinished     integer NOT NULL DEFAULT 0 CHECK (unfinished >= 0),
  tries          integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  lease_token    bigint,
  first_seen_at  timestamptz NOT NULL DEFAULT now(),
  first_run      uuid REFERENCES run,
  outcome        text CHECK (outcome IN ('loaded', 'duplicate', 'redirected', 'robots', 'rights', 'http_gone', 'http_error', 'blocked', 'paywalled',
                   'non_html', 'non_article', 'too_short', 'bad_page', 'too_old', 'unsafe_url', 'timeout', 'gave_up', 'forgotten')),
  outcome_detail text,
  finished_at    timestamptz,
  article_id     bigint,
  redirects_to   bigint REFERENCES url,
  CHECK ((outcome IS NULL) = (finished_at IS NULL)),
  CHECK (outcome IS NULL OR lease_token IS NULL),
  CHECK ((outcome IN ('loaded', 'duplicate')) = (article_id IS NOT NULL) OR outcome IS NULL),
  CHECK ((outcome = 'redirected') = (redirects_to IS NOT NULL) OR outcome IS NULL)
);
CREATE INDEX url_open ON url (host, priority DESC, not_before) WHERE outcome IS NULL;
CREATE INDEX url_open_due ON url (host, not_before) WHERE outcome IS NULL;
CREATE INDEX url_lease ON url (lease_token) WHERE lease_token IS NOT NULL;
CREATE INDEX url_source_seen ON url (source_id, first_seen_at DESC);
CREATE INDEX url_first_run ON url (first_run);
CREATE INDEX url_redirects ON url (redirects_to) WHERE redirects_to IS NOT NULL;
CREATE INDEX url_article ON url (article_id) WHERE article_id IS NOT NULL;
COMMENT ON TABLE url IS 'Every URL ever accepted, once, with its one final outcome; open while outcome is NULL';
COMMENT ON COLUMN url.waiting_for IS 'Why an open URL was put off; NULL: it has not been tried';
COMMENT ON COLUMN url.claims IS 'How often a batch has taken it';
COMMENT ON COLUMN url.unfinished IS 'Claims in a row that ended without a word (a killed worker); from 2 on no more than one such URL of a host is claimed at a time, and it works in a fresh child';
COMMENT ON COLUMN url.tries IS 'Failed tries that count: server errors and timeouts';
COMMENT ON COLUMN url.outcome IS 'Final once set; NULL: open';
COMMENT ON COLUMN url.redirects_to IS 'The URL queued in place of one that redirects to another host';

CREATE TABLE sighting (
  endpoint_id   bigint NOT NULL REFERENCES endpoint,
  url_id        bigint NOT NULL REFERENCES url,
  first_seen_at timestamptz NOT NULL,
  last_seen_at  timestamptz NOT NULL,
  guid          text,
  title         text,
  authors       text[] NOT NULL DEFAULT '{}',
  published_at  timestamptz,
  published_precision text CHECK (published_precision IN ('second', 'minute', 'day')),
  updated_at    timestamptz,
  updated_precision text CHECK (updated_precision IN ('second', 'minute', 'day')),
  categories    text[] NOT NULL DEFAULT '{}',
  summary       text,
  language      text,
  PRIMARY KEY (endpoint_id, url_id),
  CHECK (last_seen_at >= first_seen_at)
);
CREATE INDEX sighting_url ON sighting (url_id);
COMMENT ON TABLE sighting IS 'Where each URL was seen, with the facts that the endpoint gave';

CREATE TABLE attempt (
  attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  run_id     uuid NOT NULL REFERENCES run,
  url_id     bigint NOT NULL REFERENCES url,
  purpose    text NOT NULL CHECK (purpose IN ('article', 'recheck')),
  token      bigint NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('loaded', 'duplicate', 'redirected', 'robots', 'rights', 'http_gone', 'http_error', 'blocked', 'paywalled',
               'non_html', 'non_article', 'too_short', 'bad_page', 'too_old', 'unsafe_url', 'timeout', 'gave_up',
               'postponed', 'returned', 'unchanged', 'revised', 'gone', 'restored')),
  detail     text,
  UNIQUE (url_id, token, purpose)
);
CREATE INDEX attempt_run ON attempt (run_id);
COMMENT ON TABLE attempt IS 'What each run did with each URL it took, appended; a claim whose worker died leaves no row';

-- 6. every HTTP exchange ---------------------------------------------------------------------------------------------------------
CREATE TABLE fetch_log (
  fetch_id     bigint GENERATED ALWAYS AS IDENTITY,
  at           timestamptz NOT NULL,
  run_id       uuid,
  purpose      text NOT NULL CHECK (purpose IN ('endpoint', 'article', 'recheck', 'robots', 'probe')),
  host         text NOT NULL,
  url          text NOT NULL,
  url_id       bigint,
  endpoint_id  bigint,
  status       smallint,
  error        text,
  http_version text,
  size         integer,
  ttfb_ms      integer,
  total_ms     integer NOT NULL,
  retry_after_seconds integer,
  PRIMARY KEY (at, fetch_id)
) PARTITION BY RANGE (at);
CREATE TABLE fetch_log_default PARTITION OF fetch_log DEFAULT;
CREATE INDEX fetch_log_host ON fetch_log (host, at DESC);
CREATE INDEX fetch_log_url ON fetch_log (url_id, at DESC) WHERE url_id IS NOT NULL;
CREATE INDEX fetch_log_endpoint ON fetch_log (endpoint_id, at DESC) WHERE endpoint_id IS NOT NULL;
COMMENT ON TABLE fetch_log IS 'Every request that was sent and what came of it; monthly partitions, made ahead by dateline maintain';
COMMENT ON COLUMN fetch_log.url IS 'Without passwords and keys';

-- 7. the archive's index ---------------------------------------------------------------------------------------------------------------
CREATE TABLE capture (
  capture_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url_id         bigint NOT NULL REFERENCES url,
  captured_at    timestamptz NOT NULL,
  status         smallint NOT NULL,
  final_url      text NOT NULL,
  content_type   text,
  payload_sha256 bytea NOT NULL CHECK (octet_length(payload_sha256) = 32),
  warc_file      text NOT NULL,
  warc_offset    bigint NOT NULL CHECK (warc_offset >= 0),
  warc_length    integer NOT NULL CHECK (warc_length > 0),
  UNIQUE (warc_file, warc_offset)
);
CREATE INDEX capture_url ON capture (url_id, captured_at DESC);
COMMENT ON TABLE capture IS 'Where each archived response lies: file, offset and length of its gzip member in the WARC archive';

-- 8. articles ------------------------------------------------------------------------------------------------------------------------------
CREATE TABLE article (
  article_id    bigint PRIMARY KEY CHECK (article_id >= 0),
  source_id     bigint NOT NULL REFERENCES source,
  url_id        bigint NOT NULL UNIQUE REFERENCES url,
  canonical_url text NOT NULL CHECK (length(canonical_url) <= 8192),
  claimed_url   text,
  claimed_sha256 bytea CHECK (octet_length(claimed_sha256) = 32),
  title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 2000),
  subtitle      text,
  authors       text[] NOT NULL DEFAULT '{}',
  byline        text,
  agency        text,
  dateline      text,
  section       text,
  tags          text[] NOT NULL DEFAULT '{}',
  article_type  text NOT NULL DEFAULT 'news',
  language      text,
  language_confidence real CHECK (language_confidence BETWEEN 0 AND 1),
  body          text NOT NULL,
  body_sha256   bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
  word_count    integer NOT NULL CHECK (word_count >= 0),
  image_url     text,
  image_caption text,
  published_at  timestamptz CHECK (isfinite(published_at)),
  published_precision text CHECK (published_precision IN ('second', 'minute', 'day')),
  modified_at   timestamptz CHECK (isfinite(modified_at)),
  first_seen_at timestamptz NOT NULL,
  loaded_at     timestamptz NOT NULL DEFAULT now(),
  changed_at    timestamptz NOT NULL DEFAULT now(),
  revision_no   integer NOT NULL DEFAULT 1 CHECK (revision_no >= 1),
  status        text NOT NULL DEFAULT 'live' CHECK (status IN ('live', 'gone')),
  gone_at       timestamptz,
  access        text NOT NULL DEFAULT 'unknown' CHECK (access IN ('free', 'metered', 'paid', 'unknown')),
  quality       real NOT NULL CHECK (quality BETWEEN 0 AND 1),
  quality_flags text[] NOT NULL DEFAULT '{}',
  rights        jsonb NOT NULL DEFAULT '{}',
  evidence      jsonb NOT NULL DEFAULT '[]',
  extractor     text NOT NULL,
  capture_id    bigint REFERENCES capture,
  ts_config     regconfig NOT NULL DEFAULT 'simple',
  search_text   text,
  tsv           tsvector GENERATED ALWAYS AS (
                  setweight(to_tsvector(ts_config, coalesce(split_part(search_text, E'\n', 1), title)), 'A') ||
                  setweight(to_tsvector(ts_config, left(coalesce(search_text, body), 125000)), 'C')) STORED,
  CHECK ((claimed_url IS NULL) = (claimed_sha256 IS NULL)),
  CHECK ((published_at IS NULL) = (published_precision IS NULL)),
  CHECK (published_at < loaded_at + interval '2 days'),
  CHECK ((status = 'gone') = (gone_at IS NOT NULL))
);
CREATE INDEX article_published ON article (published_at DESC NULLS LAST, article_id);
CREATE INDEX article_source_published ON article (source_id, published_at DESC);
CREATE INDEX article_loaded ON article (loaded_at, article_id);
CREATE INDEX article_body ON article (body_sha256);
CREATE INDEX article_claimed ON article (claimed_sha256) WHERE claimed_sha256 IS NOT NULL;
CREATE INDEX article_tsv ON article USING gin (tsv);
CREATE INDEX article_tags ON article USING gin (tags);
CREATE INDEX article_authors ON article USING gin (authors);
ALTER TABLE url ADD FOREIGN KEY (article_id) REFERENCES article DEFERRABLE INITIALLY DEFERRED;
COMMENT ON TABLE article IS 'The articles as they read now, one row each';
COMMENT ON COLUMN article.article_id IS 'First 63 bits of sha256 of the canonical URL at first load; never changes';
COMMENT ON COLUMN article.canonical_url IS 'Its URL in the form that the page itself names, where that is the same page; else the URL that answered';
COMMENT ON COLUMN article.claimed_url IS 'Another URL that the page names as canonical; believed only where a page there has the same text';
COMMENT ON COLUMN article.dateline IS 'Place as printed before the text: BELGRADE, Serbia';
COMMENT ON COLUMN article.published_precision IS 'How exact the printed date is; day: the time of day means nothing';
COMMENT ON COLUMN article.modified_at IS 'The publisher''s claim; changed_at is our own observation';
COMMENT ON COLUMN article.evidence IS 'Every candidate for every field with its origin, and which was chosen';
COMMENT ON COLUMN article.search_text IS 'What full-text search reads in place of title (first line) and body (the rest): character bigrams of Chinese, Japanese and Korean texts';
COMMENT ON COLUMN article.tsv IS 'What is searched: the title over the body. The first 125,000 characters, since the parser makes up to 8 bytes of one and a tsvector holds 1 MiB';

CREATE TABLE url_alias (
  url_sha256 bytea PRIMARY KEY CHECK (octet_length(url_sha256) = 32),
  url        text NOT NULL,
  article_id bigint NOT NULL REFERENCES article,
  at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX url_alias_article ON url_alias (article_id);
COMMENT ON TABLE url_alias IS 'URLs proven to be an article: where it was found, redirects on the way, other addresses with its text';

CREATE TABLE revision (
  article_id  bigint NOT NULL REFERENCES article,
  revision_no integer NOT NULL CHECK (revision_no >= 1),
  seen_at     timestamptz NOT NULL,
  reason      text NOT NULL CHECK (reason IN ('first', 'publisher_edit', 'gone', 'restored')),
  title       text NOT NULL,
  body        text NOT NULL,
  body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
  authors     text[] NOT NULL DEFAULT '{}',
  modified_at timestamptz,
  capture_id  bigint REFERENCES capture,
  extractor   text NOT NULL,
  PRIMARY KEY (article_id, revision_no)
);
CREATE INDEX revision_seen ON revision (seen_at DESC);
COMMENT ON TABLE revision IS 'Every version of an article that differed in substance, appended; 1 is the first';

CREATE TABLE edge (
  low_id  bigint NOT NULL REFERENCES article,
  high_id bigint NOT NULL REFERENCES article,
  kind    text NOT NULL CHECK (kind IN ('exact')),
  at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (low_id, high_id),
  CHECK (low_id < high_id)
);
CREATE INDEX edge_high ON edge (high_id);
COMMENT ON TABLE edge IS 'Pairs of articles of which one is a copy of the other; exact: the same text to the letter';

CREATE TABLE unmatched (
  article_id bigint PRIMARY KEY REFERENCES article
);
COMMENT ON TABLE unmatched IS 'Articles not yet compared with the others; written with the article, taken off with its edges (a table of its own, since a flag in the article would write its search index twice)';

CREATE TABLE recheck (
  article_id    bigint PRIMARY KEY REFERENCES article,
  url_id        bigint NOT NULL REFERENCES url,
  host          text NOT NULL REFERENCES host,
  due_at        timestamptz NOT NULL,
  checks        integer NOT NULL DEFAULT 0 CHECK (checks >= 0),
  etag          text,
  last_modified text,
  lease_token   bigint
);
CREATE INDEX recheck_due ON recheck (host, due_at);
CREATE INDEX recheck_lease ON recheck (lease_token) WHERE lease_token IS NOT NULL;
COMMENT ON TABLE recheck IS 'Loaded articles that will be looked at again for edits; never touches url.outcome';

CREATE TABLE change (
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at          timestamptz NOT NULL DEFAULT now(),
  kind        text NOT NULL CHECK (kind IN ('insert', 'revise', 'gone', 'restore', 'delete')),
  article_id  bigint NOT NULL,
  revision_no integer,
  PRIMARY KEY (xid, seq)
);
COMMENT ON TABLE change IS 'The change feed: read below pg_snapshot_xmin(pg_current_snapshot()) in order of (xid, seq), and no late commit is missed';

CREATE TABLE forgotten (
  url_sha256 bytea PRIMARY KEY CHECK (octet_length(url_sha256) = 32),
  at         timestamptz NOT NULL DEFAULT now(),
  reason     text NOT NULL
);
COMMENT ON TABLE forgotten IS 'Tombstones of dateline forget: these URLs are never queued again';
