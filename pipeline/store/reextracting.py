"""Rewrites articles with what another extractor made of the same archived responses.

An extractor's change is no publisher's edit: a version gets the reason `reextracted`, the change feed the kind `reextract`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isclose
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping

from pipeline.records import Article, RebuildOutcome, Refused, SourceFacts, WarcPlace
from pipeline.store.article_rows import first_facts, text_diff, text_facts
from pipeline.store.database import naming_refusals, repeating, transaction
from pipeline.store.queries import query
from pipeline.store.wire import rows_json, source_facts

# Columns that follow from others, or name them.
DERIVED = frozenset({"body_sha256", "word_count", "search_text", "ts_config", "capture_id", "extractor"})
_RETOLD = frozenset({"title", "body"})
_SINGLE_PRECISION = 1e-6  # of scores, as the table keeps them


@dataclass(frozen=True, kw_only=True)
class RebuildFilter:
    """Which articles to rebuild; None: any."""

    source: str | None = None  # slug
    since: datetime | None = None  # published (undated: first seen) at this moment or later
    until: datetime | None = None  # before this moment
    extractor: str | None = None  # whose extractor's name begins with this


@dataclass(frozen=True, kw_only=True)
class Rebuildable:
    """An article that might be rebuilt, and where its responses lie."""

    article_id: int
    url: str
    url_id: int
    source: SourceFacts
    extractor: str  # of the row as it is
    refused_by: str | None  # the extractor that would not take this response when it was last tried
    capture_id: int | None
    final_url: str | None  # that answered
    captured_at: datetime | None
    place: WarcPlace | None  # None: the response was not archived, or is past its retention
    is_first: bool  # it is the response of the first version too
    first_place: WarcPlace | None  # that of the first version, where it is another one


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """The archive does not give a response."""

    detail: str


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What became of it."""

    of: Rebuildable
    extractor: str  # that was tried
    result: Article | Refused | Unreadable
    first: Article | None  # gives what the first version alone sets; None: as the row has it


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """What was stored of it."""

    article_id: int
    source: str
    url: str
    outcome: RebuildOutcome
    fields: tuple[str, ...]
    detail: str | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """An article's columns as they are, and as another extractor would have them; JSON values."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        return tuple(name for name, value in self.new.items() if not _same(self.old[name], value))

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that differ, those left out that follow from others."""
        return tuple(name for name in self.columns if name not in DERIVED)


class Reextraction:
    """The rewriting side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def after(self, article_id: int, wanted: RebuildFilter, *, most: int) -> tuple[Rebuildable, ...]:
        """The next articles after this key, in order of the key; fewer than `most`: there are no more."""
        with transaction(self._engine) as connection:
            found = connection.execute(query("next_rebuilds"), {"after": article_id, "most": most, **vars(wanted)}).mappings().all()
        return tuple(_rebuildable(row) for row in found)

    def one(self, article_id: int) -> Rebuildable | None:
        """This article; None where there is none."""
        found = self.after(article_id - 1, RebuildFilter(), most=1)
        return found[0] if found and found[0].article_id == article_id else None

    def rewrite(self, rebuilt: Sequence[Rebuilt], run_id: UUID) -> tuple[Rewritten, ...]:
        """Store these in one transaction, versions and change feed included.

        An article that meanwhile reads as another response (a recheck was quicker), or that is gone, is left alone and left out.
        Raises DatabaseRefusedError.
        """
        with naming_refusals():
            return repeating(self._engine, lambda connection: _rewrite(connection, rebuilt, run_id))

    def compare(self, rebuilt: Sequence[Rebuilt]) -> tuple[Rewritten, ...]:
        """What `rewrite` would store."""
        with transaction(self._engine) as connection:
            versions = _versions(connection, rebuilt)
        return tuple(_verdict(item, versions[item.of.article_id])[0] for item in _still_so(rebuilt, versions))

    def columns(self, rebuilt: Sequence[Rebuilt]) -> dict[int, Difference]:
        """The old and new columns of these articles, by key; of those that were not extracted, the new are as the old."""
        with transaction(self._engine) as connection:
            versions = _versions(connection, rebuilt)
        return {item.of.article_id: _both(item, versions[item.of.article_id]) for item in _still_so(rebuilt, versions)}


def _rewrite(connection: Connection, rebuilt: Sequence[Rebuilt], run_id: UUID) -> tuple[Rewritten, ...]:
    ids = sorted(item.of.article_id for item in rebuilt)
    connection.execute(query("hold_articles"), {"article_ids": ids})
    versions = _versions(connection, rebuilt)
    rows, notes, stored = [], [], []
    for item in _still_so(rebuilt, versions):
        verdict, difference = _verdict(item, versions[item.of.article_id])
        stored.append(verdict)
        notes.append({**vars(verdict), "capture_id": item.of.capture_id, "extractor": item.extractor})
        if difference is not None and difference.columns:
            marks = {"retold": bool(_RETOLD & {*verdict.fields}), "seen": bool(verdict.fields)}
            rows.append({"article_id": item.of.article_id, **difference.new, **marks})
    if rows:
        connection.execute(query("rewrite_articles"), {"rows": rows_json(rows)})
        _publish(connection, rows, versions)
    if notes:
        connection.execute(query("note_reextractions"), {"rows": rows_json(notes), "run_id": run_id})
    return tuple(stored)


def _publish(connection: Connection, rows: Sequence[Mapping[str, Any]], versions: Mapping[int, RowMapping]) -> None:
    """Versions of new texts, entries in the change feed for whatever readers see, and a note that texts are to be compared again."""
    diffs = {row["article_id"]: text_diff(dict(versions[row["article_id"]]), row) for row in rows if row["retold"]}
    retold = list(diffs)
    seen = [row["article_id"] for row in rows if row["seen"]]
    connection.execute(query("add_revisions"), {"article_ids": retold, "reason": "reextracted", "diffs": json.dumps(diffs)})
    connection.execute(query("add_unmatched"), {"article_ids": retold})
    connection.execute(query("add_changes"), {"article_ids": seen, "kind": "reextract"})


def _versions(connection: Connection, rebuilt: Sequence[Rebuilt]) -> dict[int, RowMapping]:
    return read_versions(connection, [item.of.article_id for item in rebuilt])


def read_versions(connection: Connection, article_ids: Sequence[int]) -> dict[int, RowMapping]:
    """All that an extraction sets of these articles, by key."""
    found = connection.execute(query("read_versions"), {"article_ids": list(article_ids)}).mappings()
    return {row["article_id"]: row for row in found}


def _still_so(rebuilt: Sequence[Rebuilt], versions: Mapping[int, RowMapping]) -> list[Rebuilt]:
    """Those whose article still reads as the response that was extracted."""
    return [item for item in rebuilt if item.of.article_id in versions and versions[item.of.article_id]["capture_id"] == item.of.capture_id]


def _verdict(item: Rebuilt, version: RowMapping) -> tuple[Rewritten, Difference | None]:
    fields: tuple[str, ...] = ()
    detail, difference = None, None
    if isinstance(item.result, Article):
        difference = _difference(item, item.result, version)
        fields = difference.fields
        outcome = RebuildOutcome.REWRITTEN if fields else RebuildOutcome.UNCHANGED
    elif isinstance(item.result, Refused):
        outcome, detail = RebuildOutcome.REFUSED, f"{item.result.outcome}: {item.result.detail}"
    else:
        outcome, detail = RebuildOutcome.UNREADABLE, item.result.detail
    of = item.of
    told = Rewritten(article_id=of.article_id, source=of.source.slug, url=of.url, outcome=outcome, fields=fields, detail=detail)
    return told, difference


def _difference(item: Rebuilt, article: Article, version: RowMapping) -> Difference:
    new = text_facts(article, language=item.of.source.language, capture_id=item.of.capture_id)
    first = {} if item.first is None else first_facts(item.first)
    old = _plain({name: value for name, value in version.items() if name != "article_id"})
    return Difference(old=old, new={**old, **_plain({**new, **first})})


def _both(item: Rebuilt, version: RowMapping) -> Difference:
    if isinstance(item.result, Article):
        return _difference(item, item.result, version)
    old = _plain({name: value for name, value in version.items() if name != "article_id"})
    return Difference(old=old, new=old)


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON has them, so that a row's and a record's can be compared."""
    plain: dict[str, Any] = json.loads(rows_json([columns]))[0]
    return plain


def _same(old: object, new: object) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return isclose(old, new, rel_tol=_SINGLE_PRECISION)
    return old == new


def _rebuildable(row: RowMapping) -> Rebuildable:
    first = (row["first_file"], row["first_offset"], row["first_length"])
    return Rebuildable(
        **{
            name: row[name]
            for name in ("article_id", "url", "url_id", "extractor", "refused_by", "capture_id", "final_url", "captured_at", "is_first")
        },
        source=source_facts(row),
        place=_place(row["warc_file"], row["warc_offset"], row["warc_length"]),
        first_place=_place(*first),
    )


def _place(file: str | None, offset: int | None, length: int | None) -> WarcPlace | None:
    return None if file is None or offset is None or length is None else WarcPlace(warc_file=file, warc_offset=offset, warc_length=length)
