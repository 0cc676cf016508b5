-- The newest articles of a source, undated ones among them by when they were first seen.
SET LOCAL search_path = news, public;

CREATE INDEX article_undated ON article (source_id, first_seen_at DESC) WHERE published_at IS NULL;
