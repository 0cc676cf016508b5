"""Articles for other systems: all of them, and every change since, without a gap between the two.

Entries of the change feed carry their transaction's id, and are handed out in order of (transaction, sequence) only when no
older transaction is still open. So a transaction that takes a sequence number early and commits late is never overtaken.
An entry may be handed out twice around a snapshot, never not at all: consumers write by `article_id`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, RowMapping

from pipeline.errors import WrongItemError
from pipeline.store.database import transaction
from pipeline.store.queries import query
from pipeline.store.rows import ArticleRow, Change
from pipeline.store.selecting import read

START = "0:0"  # before the first change
_CURSOR = re.compile(r"(\d{1,19}):(\d{1,19})")


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All articles, in batches, and the cursor from which changes are to be read afterwards."""

    cursor: str
    batches: Iterator[tuple[ArticleRow, ...]]  # read as it is consumed, each batch in a transaction of its own


class Exporter:
    """Reads articles and changes in batches of bounded size."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changes_since(self, cursor: str, *, limit: int = 500) -> tuple[Change, ...]:
        """Up to `limit` changes after `cursor` (START, a Change's or a Snapshot's), oldest first; fewer than `limit`: that is all for now.

        Raises WrongItemError for what is no cursor, or one of another server: then a new snapshot is due.
        """
        xid, seq = _parse(cursor)
        with transaction(self._engine) as connection:
            if connection.execute(query("cursor_is_ahead"), {"xid": xid}).scalar_one():
                raise WrongItemError(f"the cursor {cursor} is not from this server's change feed; begin with a new snapshot")
            found = connection.execute(query("read_changes"), {"xid": xid, "seq": seq, "most": limit}).mappings().all()
        return tuple(_change(row) for row in found)

    def snapshot(self, *, batch: int = 500) -> Snapshot:
        """All articles. What changes while they are read comes after the snapshot's cursor."""
        with transaction(self._engine) as connection:
            xid = connection.execute(query("xid_now")).scalar_one()
        return Snapshot(cursor=f"{xid}:0", batches=self._batches(batch))

    def _batches(self, batch: int) -> Iterator[tuple[ArticleRow, ...]]:
        last = -1
        while True:
            with transaction(self._engine) as connection:
                rows = read(connection, "read_articles_after", ArticleRow, article_id=last, most=batch)
            if not rows:
                return
            yield rows
            last = rows[-1].article_id


def _change(row: RowMapping) -> Change:
    there = row["article_id"] is not None
    return Change(
        kind=row["kind"] if there else "delete",
        at=row["change_at"],
        article_id=row["change_article_id"],
        article=ArticleRow(**_article_columns(row)) if there else None,
        cursor=row["cursor"],
    )


def _article_columns(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in ArticleRow.__dataclass_fields__}


def _parse(cursor: str) -> tuple[str, int]:
    matched = _CURSOR.fullmatch(cursor)
    if matched is None or int(matched[2]) >= 2**63:
        raise WrongItemError(f"{cursor!r} is no cursor of the change feed")
    return matched[1], int(matched[2])
