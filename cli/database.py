"""Opens the database for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cli.context import settings_of
from pipeline.errors import DatabaseRefusedError
from pipeline.settings import Settings
from pipeline.store.database import first_line, open_engine, transaction, verify
from pipeline.store.embedded import open_server
from pipeline.store.schema import schema_version
from pipeline.store.server import Server


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a command works with."""

    settings: Settings
    server: Server
    engine: Engine

    @property
    def url(self) -> str:
        """The main database as psql reads it: postgresql://… with the password."""
        return self.server.connection_url(self.server.database)


@contextmanager
def open_desk(ctx: typer.Context) -> Iterator[Desk]:
    """The command's settings, and a database that answers and has our schema. An embedded database that is still empty gets its tables.

    Raises SettingsError, DataFolderError, PortInUseError, MissingToolError, DatabaseDownError, SchemaMismatchError; what the database
    refuses later becomes a DatabaseRefusedError.
    """
    with open_unchecked(settings_of(ctx)) as desk:
        if desk.settings.database_url is None and _is_empty(desk.engine):
            import_module("pipeline.store.migrate").migrate(desk.engine)  # Alembic is slow to import, and seldom needed
        verify(desk.engine)
        yield desk


@contextmanager
def open_unchecked(settings: Settings) -> Iterator[Desk]:
    """As `open_desk`, whatever the database holds."""
    with open_server(settings) as server:
        engine = open_engine(server.connection_url(server.database))
        try:
            yield Desk(settings=settings, server=server, engine=engine)
        except DBAPIError as error:
            raise DatabaseRefusedError(first_line(error)) from error
        finally:
            engine.dispose()


def _is_empty(engine: Engine) -> bool:
    with transaction(engine) as connection:
        return schema_version(connection) is None
