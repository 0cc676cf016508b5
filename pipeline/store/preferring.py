"""Of several pages of one article, the row reads as the one at its canonical address, whichever came first.

Runs inside the load's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from pipeline.dedupe.identity import reads_better
from pipeline.records import Validators
from pipeline.store.article_rows import text_diff
from pipeline.store.availability import note_availability
from pipeline.store.queries import query
from pipeline.store.reextracting import read_versions
from pipeline.store.wire import rows_json


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A page of an article that is a row already."""

    url: str  # that was asked for
    row: Mapping[str, Any]  # the article as it would be, had this page come first; `article_id` is the known one's
    validators: Validators

    @property
    def article_id(self) -> int:
        return int(self.row["article_id"])


def prefer(connection: Connection, readings: Sequence[Reading]) -> None:
    """Let articles read as these pages where they are better ones, as a version that is no edit; only while an article is new and unedited.

    Later, a difference between two pages could not be told from an edit.
    """
    better = _better(connection, readings)
    if not better:
        return
    ids, rows = list(better), rows_json(reading.row for reading in better.values())
    before = read_versions(connection, ids)
    diffs = {article_id: text_diff(dict(before[article_id]), reading.row) for article_id, reading in better.items()}
    looks = [{"article_id": key, "url_id": reading.row["url_id"], **vars(reading.validators)} for key, reading in better.items()]
    connection.execute(query("revise_articles"), {"rows": rows})
    connection.execute(query("republish"), {"rows": rows})
    note_availability(connection, {article_id: reading.row["rights"] for article_id, reading in better.items()}, dated=ids)
    connection.execute(query("add_revisions"), {"article_ids": ids, "reason": "reextracted", "diffs": json.dumps(diffs)})
    connection.execute(query("recheck_elsewhere"), {"rows": rows_json(looks)})
    connection.execute(query("add_unmatched"), {"article_ids": ids})
    connection.execute(query("add_changes"), {"article_ids": ids, "kind": "reextract"})


def _better(connection: Connection, readings: Sequence[Reading]) -> dict[int, Reading]:
    """The best of the readings of each article, where it is better than what the row reads as."""
    if not readings:
        return {}
    rows = connection.execute(query("first_readings"), {"article_ids": sorted({reading.article_id for reading in readings})}).all()
    better = {}
    for row in rows:
        read_at = row.read_at
        for reading in readings:
            if reading.article_id == row.article_id and reads_better(reading.url, read_at, canonical_url=row.canonical_url):
                better[reading.article_id], read_at = reading, reading.url
    return better
