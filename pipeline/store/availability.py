"""Until when publishers let their articles be shown. Runs inside the load's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from pipeline.headers import unavailable_after
from pipeline.records import Rights
from pipeline.store.queries import query
from pipeline.store.wire import rows_json


def note_availability(connection: Connection, rights_of: Mapping[int, Rights], *, dated: Collection[int]) -> None:
    """Note the dates after which these articles are not to be shown, by key; of several the earliest. `dated`: those that may have one."""
    dates = {article_id: _date(rights) for article_id, rights in rights_of.items()}
    rows = [{"article_id": article_id, "until": until} for article_id, until in dates.items() if until is not None or article_id in dated]
    if rows:
        connection.execute(query("note_availability"), {"rows": rows_json(rows)})


def _date(rights: Rights) -> object:
    return min((until for directive in rights.robots if (until := unavailable_after(directive)) is not None), default=None)
