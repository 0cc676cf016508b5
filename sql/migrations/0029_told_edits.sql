-- Edits that lists told of are found whatever the plan of looks: what is learnt for the plan counts the others.
SET LOCAL search_path = news, public;

ALTER TABLE revision ADD COLUMN told boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN revision.told IS 'It was found by a look that a feed or sitemap brought about, since it gave the article another headline or a later time of change';
