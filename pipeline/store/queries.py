"""Finds statements by name in `sql/queries/*.sql`: each stands under a line `-- name: …` and a comment that says what it is for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"
_NAME_LINE = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def all_queries() -> dict[str, str]:
    """Every named statement, by name. Raises ValueError when a name is used twice."""
    found: dict[str, str] = {}
    for file in sorted((SQL_FOLDER / "queries").glob("*.sql")):
        _, *parts = _NAME_LINE.split(file.read_text(encoding="utf-8"))
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            if name in found:
                raise ValueError(f"{file.name}: the statement {name} is there twice")
            found[name] = body.strip().rstrip(";")
    return found


@cache
def query(name: str) -> TextClause:
    """The statement called `name`, ready to be executed with bound values. Raises KeyError when there is none."""
    return text(all_queries()[name])


def migration_sql(name: str) -> str:
    """The text of `sql/migrations/<name>.sql`."""
    return (SQL_FOLDER / "migrations" / f"{name}.sql").read_text(encoding="utf-8")


def repeatable_sql() -> list[str]:
    """The scripts that every migration ends with, in order: the views, then the roles' grants."""
    files = [*sorted((SQL_FOLDER / "views").glob("*.sql")), SQL_FOLDER / "roles.sql"]
    return [file.read_text(encoding="utf-8") for file in files]
