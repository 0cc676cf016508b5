"""What the newest pages of an outlet hold, for telling its furniture from edits."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from pipeline.dedupe.revisions import Furniture, PagePieces, furniture_of, page_pieces
from pipeline.records import Article, Finished
from pipeline.store.queries import query

_PAGES = 40  # of an outlet: a sentence on three of them is furniture


class OutletPages:
    """The pages of the outlets of some rechecks: what the database has, and what was read just now. Each is read when it is asked about."""

    def __init__(self, connection: Connection, fresh: Iterable[Finished]) -> None:
        self._connection = connection
        self._fresh = [item for item in fresh if isinstance(item.result, Article)]
        self._by_source: dict[int, list[tuple[int | None, PagePieces]]] = {}

    def furniture(self, source_id: int, *, beside: int) -> Furniture:
        """What recurs on the outlet's pages other than those of the article `beside`."""
        if source_id not in self._by_source:
            self._by_source[source_id] = self._read(source_id)
        return furniture_of(pieces for article_id, pieces in self._by_source[source_id] if article_id != beside)

    def _read(self, source_id: int) -> list[tuple[int | None, PagePieces]]:
        fresh = {
            item.request.article_id: (item.result.title, item.result.body)
            for item in self._fresh
            if item.request.source.source_id == source_id and isinstance(item.result, Article)
        }
        stored = self._connection.execute(query("newest_pages"), {"source_id": source_id, "most": _PAGES})
        pages = {row.article_id: (row.title, row.body) for row in stored}
        return [(article_id, page_pieces(title, body)) for article_id, (title, body) in (pages | fresh).items()]
