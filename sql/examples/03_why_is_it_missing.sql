-- Why are articles of an outlet missing? Its refusals of the last week by reason, each with an example.
SELECT outcome, outcome_detail, count(*) AS urls, min(url) AS example
FROM news.v_url
WHERE source = 'capitalbrief' -- an outlet of the demo: put yours here
  AND outcome NOT IN ('loaded', 'duplicate', 'redirected') AND finished_at > now() - interval '7 days'
GROUP BY outcome, outcome_detail
ORDER BY urls DESC, outcome, outcome_detail;
