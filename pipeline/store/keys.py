"""Daily upkeep of the keys by which copies are found: their partitions, and the list of keys that are too common to lead anywhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from pipeline.dedupe.match import FAR_WINDOW, STOP_AT
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.upkeep import PartitionReport


def renew_key_partitions(engine: Engine, *, now: datetime) -> PartitionReport:
    """Make match_key's partitions of these 30 days and the next, drop those whose last key is older than the window of matching."""
    before = now - FAR_WINDOW
    with transaction(engine) as connection:
        made = connection.execute(query("make_key_partitions"), {"now": now}).scalars().all()
        dropped = connection.execute(query("drop_key_partitions"), {"before": before}).scalars().all()
        connection.execute(query("drop_stray_keys"), {"before": before})
        stray = connection.execute(query("count_stray_keys")).scalar_one()
    return PartitionReport(made=tuple(made), dropped=tuple(dropped), stray_rows=stray)


def renew_stop_list(engine: Engine, *, stop_at: int = STOP_AT) -> int | None:
    """Put the keys that stand in `stop_at` stories and more on the list; returns its new version, None if it is as before.

    Articles with a key that joined or left are compared anew (by whoever matches next), so that clusters always follow from one version.
    """
    return repeating(engine, lambda connection: _renew(connection, stop_at))


def _renew(connection: Connection, stop_at: int) -> int | None:
    connection.execute(query("allow_long_statement"))
    connection.execute(query("count_stop_keys"), {"most": stop_at})
    connection.execute(query("hold_stop_list"))
    connection.execute(query("find_stop_changes"))
    version = connection.execute(query("add_stop_version")).scalar_one_or_none()
    if version is None:
        return None
    connection.execute(query("drop_stop_keys"))
    connection.execute(query("add_stop_keys"), {"version": version})
    connection.execute(query("rematch_changed"))
    return int(version)
