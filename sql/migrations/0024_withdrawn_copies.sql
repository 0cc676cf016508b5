-- An article that its publisher has withdrawn is in no cluster.
SET LOCAL search_path = news, public;

COMMENT ON TABLE cluster_member IS 'The articles of each cluster, but for those that their publishers have withdrawn (article.status)';
INSERT INTO unclustered (article_id) SELECT article_id FROM article JOIN cluster_member USING (article_id) WHERE status = 'withdrawn';
