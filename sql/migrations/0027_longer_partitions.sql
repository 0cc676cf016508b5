-- Partitions of match_key of 30 days: those of a week run out, and what was made ahead and is empty makes room at once.
SET LOCAL search_path = news, public;

DO $$
DECLARE
  ahead text;
  kept boolean;
BEGIN
  FOR ahead IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'match_key'::regclass AND substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$FROM \('([^']+)'\)$re$)::timestamptz > now()
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', ahead) INTO kept;
    CONTINUE WHEN kept;
    EXECUTE format('DROP TABLE %I', ahead);
  END LOOP;
END $$;
COMMENT ON TABLE match_key IS 'fingerprint.keys turned round: which articles have a key. Partitions of 30 days, made ahead and dropped by dateline maintain when their last key is 30 days old';
