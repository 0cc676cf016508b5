-- Partitions by time: fetch_log has one a month, match_key one for 30 days. DDL can't take bound values, so it stands in functions.
SET search_path = news, public;

CREATE OR REPLACE FUNCTION time_partitions(parent text) RETURNS TABLE (name text, since timestamptz, until timestamptz) LANGUAGE sql STABLE AS $$
  SELECT relname, substring(bounds FROM $re$FROM \('([^']+)'\)$re$)::timestamptz, substring(bounds FROM $re$TO \('([^']+)'\)$re$)::timestamptz
  FROM (
    SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bounds
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = ('news.' || parent)::regclass
  ) AS child
  WHERE bounds <> 'DEFAULT'
$$;
COMMENT ON FUNCTION time_partitions IS 'The partitions of a table by time and what they hold: from `since` to before `until`';

-- A partition is called parent_YYYY_MM_DD after its first day, one of a month parent_YYYY_MM.
CREATE OR REPLACE FUNCTION make_time_partitions(parent text, "column" text, first timestamp, step interval, ahead integer, form text)
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  name text;
  start timestamptz;
  stop timestamptz;
  clear timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR number IN 0..ahead LOOP
    stop := (first + (number + 1) * step) AT TIME ZONE 'UTC';
    SELECT greatest((first + number * step) AT TIME ZONE 'UTC', max(until)) INTO start FROM news.time_partitions(parent) WHERE since < stop;
    -- Rows that fell into the default partition keep their time there: a partition for them would fail, and moving them would stop the writers.
    EXECUTE format('SELECT date_trunc(''day'', max(%1$I), ''UTC'') + interval ''24 hours'' FROM news.%2$I WHERE %1$I >= $1 AND %1$I < $2', "column", parent || '_default')
    INTO clear USING start, stop;
    start := greatest(start, clear);
    CONTINUE WHEN start >= stop;
    name := parent || '_' || to_char(start AT TIME ZONE 'UTC', form);
    EXECUTE format('CREATE TABLE news.%I PARTITION OF news.%I FOR VALUES FROM (%L) TO (%L)', name, parent, start, stop);
    RETURN NEXT name;
  END LOOP;
END $$;
COMMENT ON FUNCTION make_time_partitions IS
  'Makes the partition that begins at `first` (UTC) and the `ahead` ones after it, as far as others leave room; returns the names of new ones';

DROP FUNCTION IF EXISTS drop_time_partitions(text, interval, text, timestamptz);
CREATE OR REPLACE FUNCTION drop_time_partitions(parent text, before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  old text;
BEGIN
  PERFORM pg_advisory_xact_lock(7205032);
  FOR old IN SELECT name FROM news.time_partitions(parent) WHERE until <= before ORDER BY since LOOP
    EXECUTE format('DROP TABLE news.%I', old);
    RETURN NEXT old;
  END LOOP;
END $$;
COMMENT ON FUNCTION drop_time_partitions IS 'Drops the partitions that hold no row as young as `before`; returns their names';

CREATE OR REPLACE FUNCTION make_fetch_log_partitions(at timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.make_time_partitions('fetch_log', 'at', date_trunc('month', at AT TIME ZONE 'UTC'), '1 month', 1, 'YYYY_MM')
$$;
COMMENT ON FUNCTION make_fetch_log_partitions IS 'Makes the partitions of the month of `at` and of the next one where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_fetch_log_partitions(before timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.drop_time_partitions('fetch_log', before)
$$;
COMMENT ON FUNCTION drop_fetch_log_partitions IS 'Drops the monthly partitions that hold no row as young as `before`; returns their names';

SELECT make_fetch_log_partitions(now());

-- A look-up descends into each partition: with weeks it took half as long again, with days it would take four times as much.
CREATE OR REPLACE FUNCTION make_match_key_partitions(at timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.make_time_partitions('match_key', 'kept_at', date_bin('30 days', at AT TIME ZONE 'UTC', '2026-01-05'), '30 days', 1, 'YYYY_MM_DD')
$$;
COMMENT ON FUNCTION make_match_key_partitions IS 'Makes the partitions of the 30 days in which `at` lies and of the next 30 where they are missing; returns the names of new ones';

CREATE OR REPLACE FUNCTION drop_match_key_partitions(before timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT news.drop_time_partitions('match_key', before)
$$;
COMMENT ON FUNCTION drop_match_key_partitions IS 'Drops the partitions that hold no key as young as `before`; returns their names';

SELECT make_match_key_partitions(now());
