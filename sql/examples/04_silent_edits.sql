-- Which headlines were changed without a word about it, and how?
SELECT source, seen_at, old_title, new_title, url
FROM news.v_edits
WHERE undisclosed AND title_changed AND seen_at > now() - interval '7 days'
ORDER BY seen_at DESC;
