-- name: database_exists
-- Whether this server has a database of that name.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name);

-- name: create_database_statement
-- The statement that makes an empty UTF-8 database: a name can't be bound, so the server itself quotes it.
SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8''', CAST(:name AS text));

-- name: copy_database_statement
-- The statement that makes a copy of a database that nobody is connected to.
SELECT format('CREATE DATABASE %I TEMPLATE %I', CAST(:name AS text), CAST(:template AS text));

-- name: drop_database_statement
-- The statement that drops a database and ends its connections.
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', CAST(:name AS text));

-- name: database_now
-- The clock that leases and due dates are judged by.
SELECT now() AS now;
