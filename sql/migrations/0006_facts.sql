-- Facts of articles that had no column: who made the lead image, the dateline's town, how exact the date of modification is.
SET LOCAL search_path = news, public;

ALTER TABLE article
  ADD COLUMN image_credit text,
  ADD COLUMN place text,
  ADD COLUMN modified_precision text CHECK (modified_precision IN ('second', 'minute', 'day'));
COMMENT ON COLUMN article.image_credit IS 'Who made the lead image, as printed; image_caption is without it';
COMMENT ON COLUMN article.place IS 'The town of the dateline, as one writes it: Belgrade; NULL where it names none';
COMMENT ON COLUMN article.modified_precision IS 'How exact modified_at is; NULL as well for articles read before version 0006';
COMMENT ON COLUMN article.article_type IS 'news, live, opinion, video, gallery or list';
