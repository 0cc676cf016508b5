-- What was changed in articles after they came out.
SET search_path = news, public;

DROP VIEW IF EXISTS v_edits CASCADE;
CREATE VIEW v_edits AS
SELECT s.slug AS source, a.article_id, a.canonical_url AS url, new.revision_no, old.seen_at AS old_seen_at, new.seen_at,
       old.title AS old_title, new.title AS new_title, old.title <> new.title AS title_changed,
       old.body AS old_body, new.body AS new_body, length(new.body) - length(old.body) AS characters_added,
       new.diff, old.modified_at AS old_modified_at, new.modified_at,
       -- A day is stored as its beginning: of a page that had no date before, the day of our look at it, or a later one, owns up to it.
       coalesce(new.modified_at <= coalesce(old.modified_at, old.seen_at - CASE WHEN a.modified_precision = 'day' THEN interval '24 hours' ELSE '0' END), true) AS undisclosed
FROM revision new
JOIN revision old ON old.article_id = new.article_id AND old.revision_no = new.revision_no - 1
JOIN article a ON a.article_id = new.article_id
JOIN source s USING (source_id)
WHERE new.reason = 'publisher_edit' AND a.status <> 'withdrawn';
COMMENT ON VIEW v_edits IS 'Edits by publishers, each with the version before';
COMMENT ON COLUMN v_edits.diff IS 'The changed words alone, as in revision.diff; jsonb_array_elements(diff -> ''body'') gives a row each';
COMMENT ON COLUMN v_edits.undisclosed IS 'The page does not own up to it: its own modified date is missing or no later than that of the version before (or than our look at that version, where it had none)';

DROP VIEW IF EXISTS v_departures CASCADE;
CREATE VIEW v_departures AS
SELECT s.slug AS source, a.article_id, a.canonical_url AS url, CASE WHEN a.status <> 'withdrawn' THEN r.title END AS title, r.reason AS how, r.seen_at AS gone_at, back.seen_at AS back_at,
       a.published_at, r.seen_at - coalesce(a.published_at, a.first_seen_at) AS age
FROM revision r
JOIN article a USING (article_id)
JOIN source s USING (source_id)
LEFT JOIN LATERAL (
  SELECT later.seen_at FROM revision later
  WHERE later.article_id = r.article_id AND later.revision_no > r.revision_no AND later.reason IN ('restored', 'publisher_edit')
  ORDER BY later.revision_no LIMIT 1
) AS back ON true
WHERE r.reason IN ('gone', 'soft_gone', 'replaced', 'withdrawn');
COMMENT ON VIEW v_departures IS 'Articles that their publishers took away, and when they came back';
COMMENT ON COLUMN v_departures.how IS 'gone, soft_gone, replaced or withdrawn: as of article.status; an article that is withdrawn now has no title here';
COMMENT ON COLUMN v_departures.gone_at IS 'When a look first found it gone';
COMMENT ON COLUMN v_departures.back_at IS 'When a look found it back, with the same text or another; NULL: not so far';
