-- The newest articles of a source in one order: undated ones stand among the others by when they were first seen.
SET LOCAL search_path = news, public;

DROP INDEX article_undated;
CREATE INDEX article_source_newest ON article (source_id, coalesce(published_at, first_seen_at) DESC, article_id);
