-- Connections to this database, this one among them.
SELECT count(*) AS connections FROM pg_stat_activity WHERE datname = current_database();
