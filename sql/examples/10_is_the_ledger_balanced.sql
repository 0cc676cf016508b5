-- Is anything lost? Every URL ever accepted is open or has one outcome, and every loaded one has its article.
SELECT source, discovered, open, ended, loaded, articles, balanced
FROM news.v_ledger
WHERE discovered > 0
ORDER BY balanced, discovered DESC, source;
