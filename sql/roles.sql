-- Three roles without login, to be granted to the users that connect: who owns the tables, who ingests, who only reads.
-- Runs after every migration. Roles belong to the server, so another database's migration may be making the same ones now.
SET search_path = news, public;

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['dateline_owner', 'dateline_worker', 'dateline_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;  -- the other migration was first
        WHEN insufficient_privilege THEN RAISE NOTICE 'role % is not there and % may not create it: its grants are left out', wanted, current_user;
      END;
    END IF;
  END LOOP;
END $$;

-- Whoever migrates may take each role (SET ROLE); a superuser may anyway.
DO $$
DECLARE
  wanted text;
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RETURN;
  END IF;
  FOR wanted IN SELECT rolname FROM pg_roles WHERE rolname IN ('dateline_owner', 'dateline_worker', 'dateline_reader') ORDER BY rolname LOOP
    FOR try IN 1..5 LOOP
      BEGIN
        EXECUTE format('GRANT %I TO %I', wanted, current_user);
        EXIT;
      EXCEPTION
        WHEN insufficient_privilege OR invalid_grant_operation THEN
          RAISE NOTICE '% may not grant itself %', current_user, wanted;
          EXIT;
        WHEN internal_error OR unique_violation THEN NULL;  -- "tuple concurrently updated": the other migration, once more
      END;
    END LOOP;
  END LOOP;
END $$;

-- The owner owns: tables, views, functions and the schema, so that any member of it can migrate and maintain.
DO $$
DECLARE
  item record;
BEGIN
  IF to_regrole('dateline_owner') IS NULL THEN
    RETURN;
  END IF;
  EXECUTE 'GRANT USAGE, CREATE ON SCHEMA news TO dateline_owner';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON public.dateline_version TO dateline_owner';
  FOR item IN
    SELECT format('ALTER %s news.%I OWNER TO dateline_owner', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname) AS command
    FROM pg_class c
    WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND relowner <> to_regrole('dateline_owner')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i' AND c.relkind = 'S')  -- an identity goes with its table
    UNION ALL
    SELECT format('ALTER FUNCTION %s OWNER TO dateline_owner', oid::regprocedure)
    FROM pg_proc WHERE pronamespace = 'news'::regnamespace AND proowner <> to_regrole('dateline_owner')
  LOOP
    EXECUTE item.command;
  END LOOP;
  EXECUTE 'ALTER SCHEMA news OWNER TO dateline_owner';
EXCEPTION
  WHEN insufficient_privilege THEN RAISE NOTICE '% keeps what it owns: %', current_user, sqlerrm;
END $$;

-- What anybody may run without being told so.
REVOKE ALL ON FUNCTION
  time_partitions, make_time_partitions, drop_time_partitions,
  make_fetch_log_partitions, drop_fetch_log_partitions, make_match_key_partitions, drop_match_key_partitions
FROM PUBLIC;

-- The reader reads.
DO $$
BEGIN
  IF to_regrole('dateline_reader') IS NULL THEN
    RETURN;
  END IF;
  REVOKE ALL ON ALL TABLES IN SCHEMA news FROM dateline_reader;
  REVOKE ALL ON ALL SEQUENCES IN SCHEMA news FROM dateline_reader;
  GRANT USAGE ON SCHEMA news TO dateline_reader;
  GRANT SELECT ON ALL TABLES IN SCHEMA news TO dateline_reader;
  GRANT SELECT ON public.dateline_version TO dateline_reader;
END $$;

-- The worker reads, and writes what ingesting writes: it deletes nothing but what matching makes anew, and rewrites no identity.
DO $$
BEGIN
  IF to_regrole('dateline_worker') IS NULL THEN
    RETURN;
  END IF;
  REVOKE ALL ON ALL TABLES IN SCHEMA news FROM dateline_worker;
  REVOKE ALL ON ALL SEQUENCES IN SCHEMA news FROM dateline_worker;
  GRANT USAGE ON SCHEMA news TO dateline_worker;
  GRANT SELECT ON ALL TABLES IN SCHEMA news TO dateline_worker;
  GRANT SELECT ON public.dateline_version TO dateline_worker;
  GRANT USAGE ON SEQUENCE lease_token TO dateline_worker;
  GRANT INSERT ON host, robots, rights_file, endpoint, run, url, sighting, attempt, fetch_log, capture, article, url_alias, revision, edge, unmatched, recheck, change, incident, endpoint_gap
    TO dateline_worker;
  GRANT UPDATE ON host, robots, rights_file, endpoint, endpoint_gap, run, sighting, recheck, unmatched TO dateline_worker;
  GRANT INSERT, UPDATE ON volume TO dateline_worker;
  GRANT UPDATE (seen_at, closed_at, detail, evidence, opening_told, closing_told) ON incident TO dateline_worker;
  GRANT INSERT, UPDATE ON reextraction TO dateline_worker;
  GRANT UPDATE (priority, not_before, waiting_for, claims, unfinished, tries, lease_token, outcome, outcome_detail, finished_at, article_id, redirects_to,
                reread_id)
    ON url TO dateline_worker;
  GRANT UPDATE (title, subtitle, authors, byline, agency, dateline, section, tags, article_type, body, body_markdown, body_sha256,
                word_count, image_url, image_caption, image_credit, place, modified_at, modified_precision, access, quality, quality_flags, rights, evidence, extractor, capture_id, ts_config,
                search_text, changed_at, revision_no, status, gone_at)
    ON article TO dateline_worker;
  GRANT UPDATE (language, language_confidence, published_at, published_precision, unavailable_after) ON article TO dateline_worker;
  GRANT DELETE ON unmatched TO dateline_worker;
  GRANT DELETE ON edge TO dateline_worker;
  GRANT INSERT, UPDATE ON fingerprint TO dateline_worker;
  GRANT INSERT, DELETE ON match_key, unclustered TO dateline_worker;
  GRANT INSERT, UPDATE, DELETE ON cluster, cluster_member TO dateline_worker;
END $$;
