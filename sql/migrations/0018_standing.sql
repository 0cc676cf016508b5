-- Which member stands for its cluster: one row a text is then told without reading the cluster.
SET LOCAL search_path = news, public;

ALTER TABLE cluster_member ADD COLUMN stands boolean;
UPDATE cluster_member m SET stands = c.origin_id = m.article_id FROM cluster c WHERE c.cluster_id = m.cluster_id;
ALTER TABLE cluster_member ALTER COLUMN stands SET NOT NULL;
COMMENT ON COLUMN cluster_member.stands IS 'The article is its cluster''s origin_id';
