"""Engines, and what every transaction shares: errors by type, and a retry where Postgres itself asks for one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError

from pipeline.errors import DatabaseDownError, DatabaseRefusedError
from pipeline.store.queries import query
from pipeline.store.schema import check_schema

T = TypeVar("T")
_ASK_AGAIN = {"40001", "40P01"}  # serialization_failure, deadlock_detected (Postgres manual, appendix A)
_ENDED_BY_SERVER = {"25P03"}  # idle_in_transaction_session_timeout: this process stood still; psycopg counts it as an InternalError
_TRIES = 5
_OPTIONS = (
    "-c search_path=news,public -c timezone=UTC -c statement_timeout=120s -c lock_timeout=60s -c idle_in_transaction_session_timeout=60s"
)


def open_engine(url: str, *, role: str | None = None, pool_size: int = 10) -> Engine:
    """An engine on `url` (postgresql://…); each connection takes `role` if one is given.

    Statement, lock and idle limits are set, since Postgres's own default is to wait for ever.
    """
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,  # they hold URLs with their secrets, and whole articles; errors are logged and shown in Prefect
        json_serializer=_json,
        connect_args={"options": _OPTIONS + (f" -c role={role}" if role else ""), "connect_timeout": 10, "application_name": "dateline"},
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction: commits at the end, rolls back on an error. Raises DatabaseDownError when the server is out of reach."""
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        lost = isinstance(error, OperationalError | InterfaceError) or sqlstate(error) in _ENDED_BY_SERVER
        if not lost or sqlstate(error) in _ASK_AGAIN:
            raise
        raise DatabaseDownError(first_line(error)) from error


def sqlstate(error: DBAPIError) -> str | None:
    """The five-letter SQLSTATE of a database error, where it has one."""
    return getattr(error.orig, "sqlstate", None)


def first_line(error: DBAPIError) -> str:
    """What the server said, without statement and values (which may hold whole articles)."""
    return (str(error.orig).strip().splitlines() or [type(error).__name__])[0]


def repeating(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run `work` in one transaction, again when Postgres broke a deadlock or a conflict: then nothing of it was kept."""
    for _ in range(_TRIES - 1):
        try:
            with transaction(engine) as connection:
                return work(connection)
        except DBAPIError as error:
            if sqlstate(error) not in _ASK_AGAIN:
                raise
    with transaction(engine) as connection:
        return work(connection)


@contextmanager
def naming_refusals() -> Iterator[None]:
    """Raises DatabaseRefusedError where a value or a constraint is in the way of the transaction within: nothing of it is stored then."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise DatabaseRefusedError(first_line(error)) from error


def database_now(engine: Engine) -> datetime:
    """What the database's clock shows. Raises DatabaseDownError."""
    with transaction(engine) as connection:
        now: datetime = connection.execute(query("database_now")).scalar_one()
    return now


def verify(engine: Engine) -> None:
    """Raise DatabaseDownError or SchemaMismatchError unless the database answers and has this version's schema."""
    with transaction(engine) as connection:
        check_schema(connection)
