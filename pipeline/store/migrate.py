"""Brings a database to the schema of this version, and tells whether it is there."""

from __future__ import annotations

import logging
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from pipeline.errors import SchemaMismatchError
from pipeline.store.queries import SQL_FOLDER, query, repeatable_sql

_VERSION_TABLE = "dateline_version"


def migrate(engine: Engine) -> None:
    """Run what is missing of `sql/migrations`, then set views and grants anew. Concurrent callers wait for each other."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with engine.connect() as connection:
        connection.execute(query("lock_migrations"))
        try:
            connection.commit()
            _upgrade(connection)
        finally:
            connection.rollback()
            connection.execute(query("unlock_migrations"))
            connection.commit()


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    for script in repeatable_sql():
        connection.exec_driver_sql(script, execution_options={"no_parameters": True})  # a script's % is no placeholder
    connection.commit()


def check_schema(connection: Connection) -> None:
    """Raise SchemaMismatchError, which names both versions, unless the database is at this version's schema."""
    found = MigrationContext.configure(connection, opts={"version_table": _VERSION_TABLE}).get_current_revision()
    wanted = _head()
    if found != wanted:
        raise SchemaMismatchError(f"the database is at {found or 'no version'}, this Dateline works with {wanted}; run `dateline migrate`")


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SQL_FOLDER / "migrations"))
    return config
