-- Partitions by time: fetch_log has one a month, match_key one a week. DDL can't take bound values, so it stands in functions.
SET search_path = news, public;

-- A partition is called parent_YYYY_MM_DD after its first day, one of a month parent_YYYY_MM.
CREATE OR REPLACE FUNCTION make_time_partitions(parent text, "column" text, first timestamp, step interval, ahead integer, form text)
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  name text;
  start timestamptz;
  stop timestamptz;
  stray boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR number IN 0..ahead LOOP
    name := parent || '_' || to_char(first + number * step, form);
    start := (first + number * step) AT TIME ZONE 'UTC';
    stop := (first + (number + 1) * step) AT TIME ZONE 'UTC';
    CONTINUE WHEN to_regclass('news.' || name) IS NOT NULL;
    -- Rows that fell into the default partition keep their time there: making it now would fail, and moving them would stop the writers.
    EXECUTE format('SELECT EXISTS (SELECT FROM news.%I WHERE %I >= $1 AND %I < $2)', parent || '_default', "column", "column")
    INTO stray USING start, stop;
    CONTINUE WHEN stray;
    EXECUTE format('CREATE TABLE news.%I PARTITION OF news.%I FOR VALUES FROM (%L) TO (%L)', name, parent, start, stop);
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION make_time_partitions IS
  'Makes the partition that begins at `first` (UTC) and the `ahead` ones after it where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_time_partitions(parent text, step interval, form text, before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR name IN
    SELECT c.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ('news.' || parent)::regclass
      AND c.relname <> parent || '_default'
      AND (to_date(substr(c.relname, length(parent) + 2), form) + step) AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE news.%I', name);
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION drop_time_partitions IS 'Drops the partitions that hold no row as young as `before`; returns their names';

CREATE OR REPLACE FUNCTION make_fetch_log_partitions(at timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.make_time_partitions('fetch_log', 'at', date_trunc('month', at AT TIME ZONE 'UTC'), '1 month', 1, 'YYYY_MM')
$$;
COMMENT ON FUNCTION make_fetch_log_partitions IS 'Makes the partitions of the month of `at` and of the next one where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_fetch_log_partitions(before timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.drop_time_partitions('fetch_log', '1 month', 'YYYY_MM', before)
$$;
COMMENT ON FUNCTION drop_fetch_log_partitions IS 'Drops the monthly partitions that hold no row as young as `before`; returns their names';

SELECT make_fetch_log_partitions(now());

-- Weeks, as a look-up descends into each partition: days would cost four times as much.
CREATE OR REPLACE FUNCTION make_match_key_partitions(at timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.make_time_partitions('match_key', 'kept_at', date_trunc('week', at AT TIME ZONE 'UTC'), '7 days', 5, 'YYYY_MM_DD')
$$;
COMMENT ON FUNCTION make_match_key_partitions IS 'Makes the partitions of the week of `at` and of the five after it where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_match_key_partitions(before timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.drop_time_partitions('match_key', '7 days', 'YYYY_MM_DD', before)
$$;
COMMENT ON FUNCTION drop_match_key_partitions IS 'Drops the weekly partitions that hold no key as young as `before`; returns their names';

SELECT make_match_key_partitions(now());
