"""Rows of named statements as records: the statement's columns are the record's fields."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Connection

from pipeline.store.queries import query

R = TypeVar("R")


def read(connection: Connection, statement: str, record: type[R], **bound: object) -> tuple[R, ...]:
    """All rows of a named statement, each as a `record`."""
    return tuple(record(**row) for row in connection.execute(query(statement), bound).mappings())


def read_one(connection: Connection, statement: str, record: type[R], **bound: object) -> R | None:
    """The first row of a named statement as a `record`; None when there is none."""
    row = connection.execute(query(statement), bound).mappings().first()
    return None if row is None else record(**row)
