"""What the drift alarm is judged by: what the last pages of each source gave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

from sqlalchemy import Engine, RowMapping

from pipeline.records import PageReading, SourceReadings
from pipeline.store.database import transaction
from pipeline.store.queries import query


def read_readings(engine: Engine, *, since: datetime, most: int, fold: Callable[[str], str]) -> tuple[SourceReadings, ...]:
    """The last `most` pages of each source that read one since `since`; `fold` makes a text's beginning comparable."""
    with transaction(engine) as connection:
        rows = connection.execute(query("read_page_readings"), {"since": since, "most": most}).mappings().all()
    return tuple(_source(source_id, list(pages), fold) for source_id, pages in groupby(rows, key=lambda row: int(row["source_id"])))


def _source(source_id: int, rows: list[RowMapping], fold: Callable[[str], str]) -> SourceReadings:
    return SourceReadings(
        source_id=source_id,
        drifting_since=rows[0]["drifting_since"],
        readings=tuple(
            PageReading(
                at=row["at"],
                refused=row["refused"],
                size=row["size"],
                dated=row["dated"],
                has_authors=row["has_authors"],
                start=fold(row["start"]),
            )
            for row in rows
        ),
    )
