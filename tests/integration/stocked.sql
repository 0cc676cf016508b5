-- A small newsroom's worth of rows, each there for a test of the read side. Times are relative to now(), as the views are.
--   herald: a daily (feed and news sitemap)    wire: an agency (one failing feed)    nichi: in Japanese, its host blocked    mute: nothing yet
INSERT INTO source (source_id, slug, name, homepage, country, language, media_type) OVERRIDING SYSTEM VALUE VALUES
  (1, 'herald', 'The Herald', 'https://www.herald.test/', 'US', 'en', 'newspaper'),
  (2, 'wire', 'Wire', 'https://www.wire.test/', 'GB', 'en', 'agency'),
  (3, 'nichi', 'Nichi', 'https://www.nichi.test/', 'JP', 'ja', 'newspaper'),
  (4, 'mute', 'Mute', 'https://www.mute.test/', 'FR', 'fr', 'magazine');

INSERT INTO host (host, next_due_at, lease_token, lease_until, blocked_until, blocked_reason) VALUES
  ('www.herald.test', now(), NULL, NULL, NULL, NULL),
  ('busy.herald.test', now(), 7, now() + interval '1 minute', NULL, NULL),
  ('late.herald.test', now(), 6, now() - interval '1 minute', NULL, NULL),
  ('www.wire.test', now(), NULL, NULL, NULL, NULL),
  ('www.nichi.test', now(), NULL, NULL, now() + interval '1 hour', '429, Retry-After 3600');

INSERT INTO endpoint (endpoint_id, source_id, kind, url, url_sha256, host, failures, last_polled_at, last_ok_at, last_status) OVERRIDING SYSTEM VALUE
SELECT id, source, kind, url, sha256(url::bytea), host, failures, now() - interval '5 minutes', now() - age, status
FROM (VALUES
  (1, 1, 'rss', 'https://www.herald.test/rss', 'www.herald.test', 0, interval '5 minutes', '200, 3 entries'),
  (2, 1, 'news_sitemap', 'https://www.herald.test/news.xml', 'www.herald.test', 0, interval '5 minutes', '304'),
  (3, 2, 'atom', 'https://www.wire.test/atom', 'www.wire.test', 2.5, interval '2 days', '500'),
  (4, 3, 'rss', 'https://www.nichi.test/rss', 'www.nichi.test', 0, interval '5 minutes', '200, 1 entry')
) AS e (id, source, kind, url, host, failures, age, status);

INSERT INTO run (run_id, flow, code_version, started_at, heartbeat_at, ended_at, state) VALUES
  ('00000000-0000-0000-0000-000000000001', 'ingest', '0.1.0', now() - interval '2 hours', now() - interval '1 hour', now() - interval '1 hour', 'completed'),
  ('00000000-0000-0000-0000-000000000002', 'ingest', '0.1.0', now() - interval '40 minutes', now() - interval '30 minutes', NULL, 'running'),
  ('00000000-0000-0000-0000-000000000003', 'ingest', '0.1.0', now() - interval '5 minutes', now(), NULL, 'running');

INSERT INTO url (url_id, url, url_sha256, source_id, host, not_before, waiting_for, claims, unfinished, lease_token, first_seen_at, first_run,
                 outcome, outcome_detail, finished_at, article_id, redirects_to) OVERRIDING SYSTEM VALUE
SELECT id, url, sha256(url::bytea), source, host, now() + wait, waiting_for, 1, 0, token, now() - interval '100 minutes',
       '00000000-0000-0000-0000-000000000001', outcome, detail, CASE WHEN outcome IS NOT NULL THEN now() - interval '90 minutes' END, article, target
FROM (VALUES
  (1, 'https://www.herald.test/budget', 1, 'www.herald.test', interval '0', NULL, NULL::bigint, 'loaded', NULL, 412, NULL::bigint),
  (2, 'https://www.herald.test/amp/budget', 1, 'www.herald.test', '0', NULL, NULL, 'duplicate', 'same page form', 412, NULL),
  (3, 'https://www.herald.test/private', 1, 'www.herald.test', '0', NULL, NULL, 'robots', 'Disallow: /private', NULL, NULL),
  (4, 'https://www.herald.test/fresh', 1, 'www.herald.test', '-1 minute', NULL, NULL, NULL, NULL, NULL, NULL),
  (5, 'https://www.herald.test/later', 1, 'www.herald.test', '10 minutes', '500 of the server', NULL, NULL, NULL, NULL, NULL),
  (6, 'https://busy.herald.test/now', 1, 'busy.herald.test', '-1 minute', NULL, 7, NULL, NULL, NULL, NULL),
  (7, 'https://late.herald.test/lost', 1, 'late.herald.test', '-1 minute', NULL, 6, NULL, NULL, NULL, NULL),
  (8, 'https://www.wire.test/storm', 2, 'www.wire.test', '0', NULL, NULL, 'loaded', NULL, 41, NULL),
  (9, 'https://www.herald.test/go/storm', 1, 'www.herald.test', '0', NULL, NULL, 'redirected', 'to www.wire.test', NULL, 8),
  (10, 'https://www.herald.test/storm', 1, 'www.herald.test', '0', NULL, NULL, 'loaded', NULL, 77, NULL),
  (11, 'https://www.nichi.test/kisha', 3, 'www.nichi.test', '0', NULL, NULL, 'loaded', NULL, 9000000000000000001, NULL)
) AS u (id, url, source, host, wait, waiting_for, token, outcome, detail, article, target);

INSERT INTO capture (capture_id, url_id, captured_at, status, final_url, payload_sha256, warc_file, warc_offset, warc_length) OVERRIDING SYSTEM VALUE VALUES
  (1, 1, now() - interval '90 minutes', 200, 'https://www.herald.test/budget', sha256('1'), '2026/batch-5.warc.gz', 0, 900),
  (2, 1, now() - interval '20 minutes', 200, 'https://www.herald.test/budget', sha256('2'), '2026/batch-9.warc.gz', 0, 910),
  (3, 8, now() - interval '90 minutes', 200, 'https://www.wire.test/storm', sha256('3'), '2026/batch-5.warc.gz', 900, 700);

INSERT INTO article (article_id, source_id, url_id, canonical_url, title, body, body_sha256, word_count, authors, agency, language, ts_config, search_text,
                     published_at, published_precision, modified_at, first_seen_at, loaded_at, revision_no, quality, evidence, extractor, capture_id)
SELECT id, source, url_id, url, title, body, sha256(convert_to(body, 'UTF8')), 8, authors, agency, language, config::regconfig, search,
       now() - out, precision, NULL, now() - interval '100 minutes', now() - loaded, revision, 0.9, evidence, 'test', capture
FROM (VALUES
  (412::bigint, 1, 1, 'https://www.herald.test/budget', 'Council passes the budget', E'The council passed the budget.\n\nThe mayor spoke of schools.',
   ARRAY['Ann Lee'], NULL, 'en', 'english', NULL, interval '2 hours', 'minute', interval '90 minutes', 3,
   '[{"field": "title", "value": "Council passes the budget", "origin": "jsonld", "chosen": true}]'::jsonb, 2::bigint),
  (41, 2, 8, 'https://www.wire.test/storm', 'Storm hits the coast', E'A storm hit the coast.\n\nThe mayor closed the schools.',
   '{}', 'Wire', 'en', 'english', NULL, '110 minutes', 'second', '89 minutes', 1, '[]', 3),
  (77, 1, 10, 'https://www.herald.test/storm', 'A storm', E'A storm hit the coast.\n\nThe mayor closed the schools.',
   '{}', 'Wire', 'en', 'english', NULL, '4 hours', 'day', '80 minutes', 1, '[]', NULL),
  (9000000000000000001, 3, 11, 'https://www.nichi.test/kisha', '首相が記者会見', '首相は二日、東京で記者会見した。',
   '{}', NULL, 'ja', 'simple', E'首相 相が が記 記者 者会 会見\n首相 相は は二 二日 、 東京 京で で記 記者 者会 会見 見し した 。 東 京', '105 minutes', 'minute', '70 minutes', 1, '[]', NULL)
) AS a (id, source, url_id, url, title, body, authors, agency, language, config, search, out, precision, loaded, revision, evidence, capture);

INSERT INTO url_alias (url_sha256, url, article_id)
SELECT sha256(url::bytea), url, article FROM (VALUES
  ('https://www.herald.test/budget', 412), ('https://www.herald.test/amp/budget', 412), ('https://m.herald.test/budget', 412),
  ('https://www.wire.test/storm', 41), ('https://www.herald.test/go/storm', 41)
) AS x (url, article);

-- The budget: told without a date at first, edited in silence, then edited openly.
INSERT INTO revision (article_id, revision_no, seen_at, reason, title, body, body_sha256, modified_at, capture_id, extractor) VALUES
  (412, 1, now() - interval '90 minutes', 'first', 'Council weighs the budget', 'The council weighs it.', sha256('a'), now() - interval '2 hours', 1, 'test'),
  (412, 2, now() - interval '60 minutes', 'publisher_edit', 'Council passes the budget', 'The council passed it.', sha256('b'), now() - interval '2 hours', NULL, 'test'),
  (412, 3, now() - interval '20 minutes', 'publisher_edit', 'Council passes the budget', E'The council passed the budget.\n\nThe mayor spoke of schools.',
   sha256('c'), now() - interval '25 minutes', 2, 'test'),
  (41, 1, now() - interval '89 minutes', 'first', 'Storm hits the coast', 'A storm hit the coast.', sha256('d'), NULL, 3, 'test');

INSERT INTO edge (low_id, high_id, kind) VALUES (41, 77, 'exact');
INSERT INTO cluster (cluster_id, origin_id, articles, outlets, first_at, last_at)
VALUES (41, 41, 2, 2, now() - interval '110 minutes', now() - interval '80 minutes');
INSERT INTO cluster_member (article_id, cluster_id, source_id, out_at, stands)
SELECT article_id, 41, source_id, now() - CASE article_id WHEN 41 THEN interval '110 minutes' ELSE interval '80 minutes' END, article_id = 41
FROM article WHERE article_id IN (41, 77);
INSERT INTO unmatched (article_id) VALUES (9000000000000000001);
INSERT INTO recheck (article_id, url_id, host, due_at) VALUES (412, 1, 'www.herald.test', now() - interval '1 minute'), (41, 8, 'www.wire.test', now() + interval '1 day');

INSERT INTO sighting (endpoint_id, url_id, first_seen_at, last_seen_at, guid, title, authors, summary)
SELECT endpoint, url, now() - interval '100 minutes', now() - interval '5 minutes', 'guid-' || url, 'a title', ARRAY['Ann Lee'], 'a summary'
FROM (VALUES (1, 1), (2, 1), (1, 2), (1, 3), (2, 3), (1, 4), (2, 5), (1, 6), (1, 7), (1, 9), (2, 10), (4, 11)) AS g (endpoint, url);

INSERT INTO attempt (at, run_id, url_id, purpose, token, outcome, detail) VALUES
  (now() - interval '90 minutes', '00000000-0000-0000-0000-000000000001', 1, 'article', 5, 'loaded', NULL),
  (now() - interval '90 minutes', '00000000-0000-0000-0000-000000000001', 3, 'article', 5, 'robots', 'Disallow: /private'),
  (now() - interval '90 minutes', '00000000-0000-0000-0000-000000000001', 5, 'article', 5, 'postponed', '500 of the server'),
  (now() - interval '90 minutes', '00000000-0000-0000-0000-000000000001', 8, 'article', 5, 'loaded', NULL),
  (now() - interval '20 minutes', '00000000-0000-0000-0000-000000000002', 1, 'recheck', 9, 'revised', NULL);

INSERT INTO fetch_log (at, run_id, purpose, host, url, url_id, endpoint_id, status, error, size, total_ms) VALUES
  (now() - interval '5 minutes', '00000000-0000-0000-0000-000000000001', 'endpoint', 'www.wire.test', 'https://www.wire.test/atom', NULL, 3, 500, NULL, 12, 40),
  (now() - interval '90 minutes', '00000000-0000-0000-0000-000000000001', 'article', 'www.herald.test', 'https://www.herald.test/budget', 1, NULL, 200, NULL, 9000, 80),
  (now() - interval '90 minutes', '00000000-0000-0000-0000-000000000001', 'article', 'www.herald.test', 'https://www.herald.test/later', 5, NULL, 500, NULL, 20, 70);

INSERT INTO change (kind, article_id, revision_no) VALUES ('insert', 412, 1), ('insert', 41, 1), ('insert', 77, 1), ('insert', 9000000000000000001, 1), ('revise', 412, 3);
SELECT nextval('lease_token') FROM generate_series(1, 20);
SELECT setval(pg_get_serial_sequence(name, name || '_id'), 1000) FROM unnest(ARRAY['source', 'endpoint', 'url', 'capture']) AS t (name);
