-- name: judged_urls
-- URLs after :after with what became of them and, where they lead to an article, what its row says.
SELECT u.url_id, u.url, u.outcome, coalesce(u.outcome_detail, u.waiting_for) AS detail, a.article_id, a.canonical_url, a.title, a.body, a.authors,
       a.published_at, a.published_precision, m.cluster_id, a.status,
       CASE WHEN a.rights->'origins' ?| ARRAY['tdmrep.json', 'ai.txt']
            THEN coalesce(CAST(a.rights->>'tdm_reservation' AS boolean), CAST(a.rights->>'ai_txt' AS boolean)) END AS reserved,
       (SELECT count(*) FROM revision r WHERE r.article_id = a.article_id AND r.reason = 'publisher_edit') AS edits
FROM url u
LEFT JOIN article a ON a.article_id = u.article_id
LEFT JOIN cluster_member m ON m.article_id = a.article_id
WHERE u.url_id > :after
ORDER BY u.url_id
LIMIT :most;
