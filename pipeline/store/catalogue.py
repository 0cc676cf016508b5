"""The database's own description of its tables and views."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from pipeline.store.database import transaction
from pipeline.store.queries import query


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table or view."""

    name: str
    type: str  # as Postgres writes it
    comment: str  # empty where the name says it all


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One table or view."""

    name: str
    is_view: bool
    comment: str
    columns: tuple[Column, ...]


def catalogue(engine: Engine) -> tuple[Relation, ...]:
    """Every table and view, in order of name."""
    with transaction(engine) as connection:
        rows = connection.execute(query("read_catalogue")).mappings().all()
    return tuple(
        Relation(
            name=row["name"],
            is_view=row["is_view"],
            comment=row["comment"],
            columns=tuple(Column(name=name, type=type_, comment=comment) for name, type_, comment in row["columns"]),
        )
        for row in rows
    )
