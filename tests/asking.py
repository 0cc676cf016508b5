"""Asks and changes a database in SQL, for tests that look at effects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text


def rows(engine: Engine, statement: str, **values: Any) -> list[Any]:
    """What a statement returns, in a transaction of its own; nothing for one that only changes."""
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        return list(result.all()) if result.returns_rows else []
