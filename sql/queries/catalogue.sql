-- name: read_catalogue
-- Every table and view of the schema with its comment and columns, in order of name; partitions are left out.
SELECT c.relname AS name, c.relkind = 'v' AS is_view, coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
       (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), '')) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_class c
WHERE c.relnamespace = 'news'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
ORDER BY c.relname;
