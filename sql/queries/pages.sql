-- name: find_page_by_article
-- The response that an article reads as.
SELECT a.canonical_url AS url, a.url_id, a.article_id, a.extractor, u.outcome, c.captured_at, c.warc_file, c.warc_offset, c.warc_length,
       s.source_id, s.slug, s.homepage, s.language, s.timezone, s.respect
FROM article a
JOIN url u USING (url_id)
JOIN source s ON s.source_id = a.source_id
LEFT JOIN capture c ON c.capture_id = a.capture_id
WHERE a.article_id = :article_id;

-- name: find_page_by_url
-- The newest archived response of a URL that is no article (yet), or of none: then without its place.
SELECT u.url, u.url_id, u.article_id, NULL AS extractor, u.outcome, c.captured_at, c.warc_file, c.warc_offset, c.warc_length,
       s.source_id, s.slug, s.homepage, s.language, s.timezone, s.respect
FROM url u
JOIN source s USING (source_id)
LEFT JOIN capture c USING (url_id)
WHERE u.url_sha256 = decode(:sha256, 'hex')
ORDER BY c.captured_at DESC NULLS LAST, c.capture_id DESC
LIMIT 1;

-- name: find_source_of_host
-- The source whose home page lies on one of these hosts.
SELECT source_id, slug, homepage, language, timezone, respect
FROM source
WHERE retired_at IS NULL AND split_part(split_part(split_part(homepage, '://', 2), '/', 1), ':', 1) = ANY(CAST(:hosts AS text[]))
ORDER BY source_id
LIMIT 1;
