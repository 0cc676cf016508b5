-- What returns on the outlets' pages.
SET search_path = news, public;

DROP VIEW IF EXISTS v_furniture CASCADE;
CREATE VIEW v_furniture AS
SELECT s.slug AS source, f.line, f.hidden, f.stories, f.days, f.first_day, f.last_day, f.since, f.block
FROM furniture f JOIN source s USING (source_id);
COMMENT ON VIEW v_furniture IS 'Lines that return on an outlet''s pages; hidden ones are left out of the texts of its new articles (each row''s evidence keeps them)';
