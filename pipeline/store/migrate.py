"""Brings a database to the schema of this version."""

from __future__ import annotations

import logging

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from pipeline.store.database import transaction
from pipeline.store.queries import SQL_FOLDER, query, repeatable_sql
from pipeline.store.schema import refuse_newer


def migrate(engine: Engine) -> None:
    """Run what is missing of `sql/migrations`, then set views and grants anew. Concurrent callers wait for each other.

    Raises DatabaseDownError, and SchemaMismatchError for a database of a newer Dateline.
    """
    with transaction(engine) as connection:
        refuse_newer(connection)
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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SQL_FOLDER / "migrations"))
    return config
