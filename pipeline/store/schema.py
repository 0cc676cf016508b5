"""Which version of the tables a database has, and which one this Dateline works with. Needs no Alembic, which is slow to import."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection

from pipeline.errors import SchemaMismatchError
from pipeline.store.queries import SQL_FOLDER, query


def schema_version(connection: Connection) -> str | None:
    """The version that the database is at; None: it has no tables of ours."""
    if not connection.execute(query("has_schema_version")).scalar_one():
        return None
    found: str | None = connection.execute(query("read_schema_version")).scalar()
    return found


@cache
def wanted_version() -> str:
    """The newest of `sql/migrations/versions/<version>_<name>.py`."""
    return max(file.name.partition("_")[0] for file in (SQL_FOLDER / "migrations" / "versions").glob("[0-9]*_*.py"))


def refuse_newer(connection: Connection) -> None:
    """Raise SchemaMismatchError, which names both versions, when the database is at a newer version than ours."""
    found, wanted = schema_version(connection), wanted_version()
    if found is not None and found > wanted:
        raise SchemaMismatchError(f"the database is at {found}, this Dateline works with {wanted}; install the newer Dateline")


def check_schema(connection: Connection) -> None:
    """Raise SchemaMismatchError, which names both versions, unless the database is at this version's schema."""
    refuse_newer(connection)
    found, wanted = schema_version(connection), wanted_version()
    if found != wanted:
        raise SchemaMismatchError(f"the database is at {found or 'no version'}, this Dateline works with {wanted}; run `dateline migrate`")
