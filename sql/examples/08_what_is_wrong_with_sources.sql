-- Which sources need looking after, and what did their endpoints answer last?
SELECT h.source, h.health, h.last_ok_at, h.loaded_24h, h.loaded_per_day, h.main_refusal, e.url AS endpoint, e.last_status
FROM news.v_source_health h
JOIN news.source s ON s.slug = h.source
LEFT JOIN news.endpoint e ON e.source_id = s.source_id AND e.retired_at IS NULL
WHERE h.health NOT IN ('ok', 'retired', 'disabled')
ORDER BY h.health, h.source, e.url;
