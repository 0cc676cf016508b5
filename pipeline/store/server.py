"""A Postgres server as Dateline sees it: the addresses of its databases, and databases made and dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from pipeline.errors import DatabaseDownError, SettingsError
from pipeline.store.database import first_line, sqlstate
from pipeline.store.queries import query

_NO_RIGHT = "42501"  # insufficient_privilege
_ALREADY_THERE = {"42P04", "23505"}  # duplicate_database; unique_violation when two make it at once (Postgres manual, appendix A)


class Server:
    """A running server. A context manager: leaving it closes what this process holds of the server."""

    def __init__(self, address: URL, maintenance_database: str | None = None) -> None:
        """`address` names the main database; from the maintenance database (default: the main one) others are made and dropped."""
        self._address = address
        self._maintenance_database = maintenance_database or self.database

    @property
    def url(self) -> str:
        """The main database, for SQLAlchemy: postgresql+psycopg://user:password@host:port/name. Holds the password."""
        return self.connection_url(self.database, driver="psycopg")

    @property
    def database(self) -> str:
        """The main database's name."""
        return self._address.database or "postgres"

    def connection_url(self, database: str, *, driver: str | None = None) -> str:
        """A database of this server: postgresql://… as psql and open_engine read it, postgresql+<driver>://… with a driver."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return self._address.set(drivername=scheme, database=database).render_as_string(hide_password=False)

    def ensure_database(self, name: str) -> None:
        """Make the database unless it is there. Raises DatabaseDownError, or SettingsError when this user may not make one."""
        with self._outside_transactions() as connection:
            if connection.scalar(query("database_exists"), {"name": name}):
                return
            try:
                _execute_made(connection, "create_database_statement", name=name)
            except DBAPIError as error:
                if sqlstate(error) not in _ALREADY_THERE:
                    raise

    def copy_database(self, template: str, name: str) -> None:
        """Make a database as a copy of another, to which nobody may be connected. Raises as `ensure_database`."""
        with self._outside_transactions() as connection:
            _execute_made(connection, "copy_database_statement", name=name, template=template)

    def drop_database(self, name: str) -> None:
        """Drop the database if it is there, whoever is connected to it. Raises as `ensure_database`."""
        with self._outside_transactions() as connection:
            _execute_made(connection, "drop_database_statement", name=name)

    def ensure_running(self) -> None:
        """Bring the server back where that is ours to do; nothing for a server that somebody else runs."""

    def close(self) -> None:
        """Let go of the server. May be called again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _outside_transactions(self) -> Iterator[Connection]:
        """A connection to the maintenance database: databases can't be made inside a transaction."""
        address = self.connection_url(self._maintenance_database, driver="psycopg")
        engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args={"connect_timeout": 10})
        try:
            with engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            if sqlstate(error) == _NO_RIGHT:
                raise SettingsError(f"DATELINE_DATABASE_URL: {first_line(error)}") from error
            raise DatabaseDownError(first_line(error)) from error


def external_server(url: str) -> Server:
    """The server of a URL like postgresql://user:password@host:port/name. Raises SettingsError when it is not one."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsError("DATELINE_DATABASE_URL: not of the form postgresql://user:password@host:port/name") from None
    if address.get_backend_name() != "postgresql" or not address.database:
        raise SettingsError("DATELINE_DATABASE_URL: must begin with postgresql:// and name a database")
    return Server(address)


def _execute_made(connection: Connection, statement: str, /, **values: str) -> None:
    """Run the statement that the named query makes."""
    connection.exec_driver_sql(str(connection.scalar(query(statement), values)))
