-- Partitions of fetch_log, one a month. DDL can't take bound values, so it stands in functions.
SET search_path = news, public;

CREATE OR REPLACE FUNCTION make_fetch_log_partitions(at timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  first_month timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
  month timestamp;
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOREACH month IN ARRAY ARRAY[first_month, first_month + interval '1 month'] LOOP
    name := 'fetch_log_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('news.' || name) IS NOT NULL;
    -- Rows that fell into the default partition keep their month there: making it now would fail, and moving them would stop the writers.
    CONTINUE WHEN EXISTS (SELECT FROM news.fetch_log_default d
                          WHERE d.at >= month AT TIME ZONE 'UTC' AND d.at < (month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TABLE news.%I PARTITION OF news.fetch_log FOR VALUES FROM (%L) TO (%L)',
                   name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION make_fetch_log_partitions IS 'Makes the partitions of the month of `at` and of the next one where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_fetch_log_partitions(before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR name IN
    SELECT c.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'news.fetch_log'::regclass
      AND c.relname ~ '^fetch_log_\d{4}_\d{2}$'
      AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE news.%I', name);
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION drop_fetch_log_partitions IS 'Drops the monthly partitions that hold no row as young as `before`; returns their names';

SELECT make_fetch_log_partitions(now());

-- Partitions of match_key, one a week: a look-up descends into each, so days would cost four times as much.
CREATE OR REPLACE FUNCTION make_match_key_partitions(at timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  week timestamp := date_trunc('week', at AT TIME ZONE 'UTC');
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR ahead IN 0..5 LOOP
    name := 'match_key_' || to_char(week + ahead * interval '7 days', 'YYYY_MM_DD');
    CONTINUE WHEN to_regclass('news.' || name) IS NOT NULL;
    CONTINUE WHEN EXISTS (SELECT FROM news.match_key_default d
                          WHERE d.kept_at >= (week + ahead * interval '7 days') AT TIME ZONE 'UTC'
                            AND d.kept_at < (week + (ahead + 1) * interval '7 days') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TABLE news.%I PARTITION OF news.match_key FOR VALUES FROM (%L) TO (%L)', name,
                   (week + ahead * interval '7 days') AT TIME ZONE 'UTC', (week + (ahead + 1) * interval '7 days') AT TIME ZONE 'UTC');
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION make_match_key_partitions IS 'Makes the partitions of the week of `at` and of the five after it where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_match_key_partitions(before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR name IN
    SELECT c.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'news.match_key'::regclass
      AND c.relname ~ '^match_key_\d{4}_\d{2}_\d{2}$'
      AND (to_date(right(c.relname, 10), 'YYYY_MM_DD') + interval '7 days') AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE news.%I', name);
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION drop_match_key_partitions IS 'Drops the weekly partitions that hold no key as young as `before`; returns their names';

SELECT make_match_key_partitions(now());
