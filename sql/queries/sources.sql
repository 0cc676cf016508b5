-- name: upsert_source
-- Adds a source or brings it to what the source file says; one that was retired comes back.
INSERT INTO source (slug, name, homepage, country, language, media_type, timezone, respect, enabled, recheck_looks)
VALUES (:slug, :name, :homepage, :country, :language, :media_type, :timezone, :respect, :enabled, :recheck_looks)
ON CONFLICT (slug) DO UPDATE
SET name = excluded.name, homepage = excluded.homepage, country = excluded.country, language = excluded.language, media_type = excluded.media_type,
    timezone = excluded.timezone, respect = excluded.respect, enabled = excluded.enabled, recheck_looks = excluded.recheck_looks,
    retired_at = NULL
RETURNING source_id;

-- name: revive_endpoints
-- Endpoints that the source file names are polled again, whoever retired them.
UPDATE endpoint SET retired_at = NULL, retired_reason = NULL, probed = false, next_poll_at = least(next_poll_at, now())
WHERE source_id = :source_id AND retired_at IS NOT NULL AND url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS named (sha256));

-- name: adopt_endpoints
-- Endpoints of sources that were taken out of service go to the source that names them now, those that they listed with them.
WITH RECURSIVE adopted AS (
  SELECT e.endpoint_id
  FROM endpoint e JOIN source former USING (source_id)
  WHERE e.source_id <> :source_id AND former.retired_at IS NOT NULL
    AND e.url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS named (sha256))
  UNION ALL
  SELECT child.endpoint_id FROM endpoint child JOIN adopted ON child.parent_id = adopted.endpoint_id
)
UPDATE endpoint SET source_id = :source_id, next_poll_at = least(next_poll_at, now())
FROM adopted WHERE endpoint.endpoint_id = adopted.endpoint_id;

-- name: retire_unnamed_endpoints
-- Endpoints that a source file no longer names are retired (children of a sitemap index go with their parent).
WITH RECURSIVE dropped AS (
  SELECT endpoint_id FROM endpoint
  WHERE source_id = :source_id AND parent_id IS NULL AND (retired_at IS NULL OR probed)
    AND NOT url_sha256 = ANY(SELECT decode(sha256, 'hex') FROM unnest(CAST(:sha256s AS text[])) AS named (sha256))
  UNION ALL
  SELECT child.endpoint_id FROM endpoint child JOIN dropped ON child.parent_id = dropped.endpoint_id
)
UPDATE endpoint SET retired_at = now(), retired_reason = 'no longer in the source file', probed = false
FROM dropped WHERE endpoint.endpoint_id = dropped.endpoint_id AND (endpoint.retired_at IS NULL OR endpoint.probed);

-- name: wake_source
-- The hosts of a source's endpoints look for work now.
UPDATE host SET next_due_at = least(next_due_at, now())
WHERE host IN (SELECT host FROM endpoint WHERE source_id = :source_id AND retired_at IS NULL AND next_poll_at <= now());

-- name: retire_source
-- Takes a source out of service; its articles and history stay.
UPDATE source SET enabled = false, retired_at = now() WHERE slug = :slug AND retired_at IS NULL RETURNING source_id;

-- name: is_known_source
-- Whether there is a source of this slug, in service or not.
SELECT EXISTS (SELECT FROM source WHERE slug = :slug);

-- name: list_sources
-- All sources in service with their endpoints, for people and for sources.toml.
SELECT s.source_id, s.slug, s.name, s.homepage, s.country, s.language, s.media_type, s.timezone, s.respect, s.enabled, s.recheck_looks,
       coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'url', e.url) ORDER BY e.endpoint_id)
                FILTER (WHERE e.endpoint_id IS NOT NULL AND e.parent_id IS NULL AND e.retired_at IS NULL), '[]') AS endpoints
FROM source s
LEFT JOIN endpoint e USING (source_id)
WHERE s.retired_at IS NULL
GROUP BY s.source_id
ORDER BY s.slug;
