-- Whose texts run elsewhere: how many texts of each origin were taken by each other outlet, and how fast?
SELECT s.origin, taker.outlet, count(*) AS texts, percentile_disc(0.5) WITHIN GROUP (ORDER BY s.spread) AS typical_spread
FROM news.v_syndication s
CROSS JOIN LATERAL unnest(s.outlets) AS taker (outlet)
WHERE taker.outlet <> s.origin
GROUP BY s.origin, taker.outlet
ORDER BY texts DESC, s.origin, taker.outlet;
