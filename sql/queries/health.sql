-- name: read_database_facts
-- The server's clock and version, and how large our database is.
SELECT clock_timestamp() AS now, current_setting('server_version') AS server_version, pg_database_size(current_database()) AS bytes;
