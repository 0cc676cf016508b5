"""The two readings that a rebuilding gives of each article: as its row has it, and as the extractor of today would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.records import Article, Refused
from pipeline.steps.compare import Reading
from pipeline.store.reextracting import DERIVED, Rebuilt, Reextraction

_NOT_COMPARED = DERIVED | {"evidence", "rights"}  # candidates move with every rule; what counts is what was chosen


def read_both(store: Reextraction, rebuilt: Sequence[Rebuilt]) -> list[tuple[Reading, Reading]]:
    """Old and new readings; articles whose response the archive does not give are left out. Blocks."""
    columns = store.columns(rebuilt)
    return [
        (
            _reading(item, item.of.extractor, None, columns[item.of.article_id].old),
            _reading(item, item.extractor, _refusal(item), columns[item.of.article_id].new),
        )
        for item in rebuilt
        if item.of.article_id in columns and isinstance(item.result, Article | Refused)
    ]


def _refusal(item: Rebuilt) -> str | None:
    return f"{item.result.outcome}: {item.result.detail}" if isinstance(item.result, Refused) else None


def _reading(item: Rebuilt, extractor: str, refused: str | None, columns: Mapping[str, Any]) -> Reading:
    shown = {} if refused else {name: value for name, value in columns.items() if name not in _NOT_COMPARED}
    return Reading(
        article_id=item.of.article_id, source=item.of.source.slug, url=item.of.url, extractor=extractor, refused=refused, columns=shown
    )
