-- A clock that the benchmark moves: with `bench` before pg_catalog in the search path, every now() of the product's statements reads it.
CREATE SCHEMA bench;
CREATE TABLE bench.clock (at timestamptz NOT NULL);
INSERT INTO bench.clock VALUES ('2026-01-05 00:00:00+00');
CREATE FUNCTION bench.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM bench.clock';
DO $$
DECLARE own record;
BEGIN
  FOR own IN
    SELECT attrelid::regclass AS name, attname
    FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum JOIN pg_class c ON c.oid = attrelid
    WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'p') AND pg_get_expr(adbin, adrelid) = 'now()'
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT bench.now()', own.name, own.attname);
  END LOOP;
END $$;
