"""Articles without the lines that return on their outlets' pages, for comparing short ones by what is their own (DESIGN 7.2)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from pipeline.blocks import without_blocks
from pipeline.dedupe.fingerprint import profile
from pipeline.dedupe.match import Text
from pipeline.store.queries import query


class OwnTexts:
    """Reads lists and texts when they are asked about; one transaction's, which holds the lists as they are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._blocks: dict[int, frozenset[int]] = {}
        self._own: dict[int, Text] = {}

    def of(self, article_id: int, source_id: int, text: Text) -> Text:
        """The article's own text; `text` itself where none of its lines returns."""
        blocks = self._blocks_of(source_id)
        if not blocks:
            return text
        if article_id not in self._own:
            body = self._connection.execute(query("body_of"), {"article_id": article_id}).scalar_one_or_none()
            own = body and without_blocks(body, blocks)  # nothing: it was forgotten just now
            self._own[article_id] = text if own is None or own == body else replace(text, profile=profile(own))
        return self._own[article_id]

    def _blocks_of(self, source_id: int) -> frozenset[int]:
        if source_id not in self._blocks:
            found = self._connection.execute(query("furniture_blocks"), {"source_id": source_id})
            self._blocks[source_id] = frozenset(found.scalars())
        return self._blocks[source_id]
