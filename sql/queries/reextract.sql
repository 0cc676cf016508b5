-- name: next_rebuilds
-- Articles in order of their key with what rebuilding them needs: the place of the response that they read as now, and of the first one, where that is another.
SELECT a.article_id, a.extractor, a.url_id, a.capture_id, a.canonical_url AS url, c.final_url, c.captured_at, c.warc_file, c.warc_offset, c.warc_length,
       f.warc_file AS first_file, f.warc_offset AS first_offset, f.warc_length AS first_length,
       r.capture_id IS NOT DISTINCT FROM a.capture_id AS is_first, x.extractor AS refused_by,
       s.source_id, s.slug, s.homepage, s.language, s.timezone, s.respect
FROM article a
JOIN source s USING (source_id)
LEFT JOIN capture c ON c.capture_id = a.capture_id
LEFT JOIN LATERAL (  -- the first version, as it was read last
  SELECT v.capture_id
  FROM revision v
  WHERE v.article_id = a.article_id AND NOT EXISTS (
    SELECT FROM revision e WHERE e.article_id = v.article_id AND e.revision_no <= v.revision_no AND e.reason NOT IN ('first', 'reextracted'))
  ORDER BY v.revision_no DESC
  LIMIT 1
) AS r ON true
LEFT JOIN capture f ON f.capture_id = r.capture_id AND f.capture_id <> a.capture_id
LEFT JOIN reextraction x ON x.article_id = a.article_id AND x.capture_id = a.capture_id AND x.outcome = 'refused'
WHERE a.article_id > :after
  AND (CAST(:source AS text) IS NULL OR s.slug = :source)
  AND (CAST(:extractor AS text) IS NULL OR starts_with(a.extractor, :extractor))
  AND (CAST(:since AS timestamptz) IS NULL OR coalesce(a.published_at, a.first_seen_at) >= :since)
  AND (CAST(:until AS timestamptz) IS NULL OR coalesce(a.published_at, a.first_seen_at) < :until)
ORDER BY a.article_id
LIMIT :most;

-- name: hold_articles
-- Nobody else changes these articles until the transaction ends.
SELECT article_id FROM article WHERE article_id = ANY(CAST(:article_ids AS bigint[])) ORDER BY article_id FOR UPDATE;

-- name: read_versions
-- All that an extraction sets of these articles.
SELECT article_id, title, subtitle, authors, byline, agency, dateline, section, tags, article_type, language, language_confidence, body, body_markdown, body_sha256, word_count,
       image_url, image_caption, image_credit, place, published_at, published_precision, modified_at, modified_precision, access, quality, quality_flags, rights, evidence, extractor, capture_id,
       ts_config::text AS ts_config, search_text
FROM article
WHERE article_id = ANY(CAST(:article_ids AS bigint[]));

-- name: rewrite_articles
-- The same response as before, read by another extractor. `retold`: title or body differ, which makes a version; `seen`: any column that readers see does.
UPDATE article
SET title = new.title, subtitle = new.subtitle, authors = coalesce(new.authors, '{}'), byline = new.byline, agency = new.agency, dateline = new.dateline,
    section = new.section, tags = coalesce(new.tags, '{}'), article_type = new.article_type, language = new.language,
    language_confidence = new.language_confidence, body = new.body, body_markdown = new.body_markdown, body_sha256 = decode(new.body_sha256, 'hex'), word_count = new.word_count,
    image_url = new.image_url, image_caption = new.image_caption, image_credit = new.image_credit, place = new.place, published_at = new.published_at, published_precision = new.published_precision,
    modified_at = new.modified_at, modified_precision = new.modified_precision, access = new.access, quality = new.quality, quality_flags = coalesce(new.quality_flags, '{}'), rights = new.rights,
    evidence = new.evidence, extractor = new.extractor, search_text = new.search_text, ts_config = CAST(new.ts_config AS regconfig),
    revision_no = article.revision_no + CAST(new.retold AS integer), changed_at = CASE WHEN new.seen THEN now() ELSE article.changed_at END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, title text, subtitle text, authors text[], byline text, agency text, dateline text,
       section text, tags text[], article_type text, language text, language_confidence real, body text, body_markdown text, body_sha256 text, word_count integer, image_url text,
       image_caption text, image_credit text, place text, published_at timestamptz, published_precision text, modified_at timestamptz, modified_precision text, access text, quality real, quality_flags text[],
       rights jsonb, evidence jsonb, extractor text, search_text text, ts_config text, retold boolean, seen boolean)
WHERE article.article_id = new.article_id;

-- name: note_reextractions
-- What re-extracting these came to; the last one counts.
INSERT INTO reextraction (article_id, capture_id, run_id, extractor, outcome, fields, detail)
SELECT article_id, capture_id, :run_id, extractor, outcome, fields, detail
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (article_id bigint, capture_id bigint, extractor text, outcome text, fields text[], detail text)
ORDER BY article_id
ON CONFLICT (article_id) DO UPDATE
SET capture_id = excluded.capture_id, run_id = excluded.run_id, at = now(), extractor = excluded.extractor, outcome = excluded.outcome,
    fields = excluded.fields, detail = excluded.detail;
