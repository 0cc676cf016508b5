"""Daily upkeep of the database: partitions, runs that vanished, the archive's index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from pipeline.dedupe.editages import AGE_STEPS, edit_ages
from pipeline.dedupe.looks import outlet_rates
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.selecting import read
from pipeline.store.wire import rows_json

_AT_ONCE = 500  # articles whose status changes in one transaction


@dataclass(frozen=True, kw_only=True)
class _StatusChange:
    """A status that articles get without a look at them."""

    found_by: str  # statements
    marked_by: str
    reason: str  # of the version
    kind: str  # in the change feed


_WITHDRAW = _StatusChange(found_by="articles_to_withdraw", marked_by="mark_gone", reason="withdrawn", kind="withdrawn")
_SHOW_AGAIN = _StatusChange(found_by="articles_to_show_again", marked_by="mark_restored", reason="restored", kind="restore")


@dataclass(frozen=True, kw_only=True)
class PartitionReport:
    """What was done about the partitions of one table."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]
    stray_rows: int  # in the default partition: an alarm, partitions were made too late


@dataclass(frozen=True, kw_only=True)
class BloatedTable:
    """A table with so many dead rows (0.4 of the live ones and 10,000; autovacuum starts at 0.2 and 50) that vacuum does not keep up."""

    table: str
    live_rows: int
    dead_rows: int
    vacuumed_at: datetime | None
    bytes: int  # with indexes


class Upkeep:
    """Needs the rights of the tables' owner."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def partitions(self, *, now: datetime, keep_days: int) -> PartitionReport:
        """Make fetch_log's partitions of this month and the next, drop what is older than `keep_days`."""
        before = now - timedelta(days=keep_days)
        with transaction(self._engine) as connection:
            made = connection.execute(query("make_partitions"), {"now": now}).scalars().all()
            dropped = connection.execute(query("drop_partitions"), {"before": before}).scalars().all()
            connection.execute(query("drop_stray_fetches"), {"before": before})
            stray = connection.execute(query("count_stray_fetches")).scalar_one()
        return PartitionReport(made=tuple(made), dropped=tuple(dropped), stray_rows=stray)

    def abandon_runs(self, *, now: datetime) -> tuple[UUID, ...]:
        """Mark the runs that gave no sign of life for ten minutes; returns them. Their leases run out by themselves."""
        with transaction(self._engine) as connection:
            return tuple(connection.execute(query("abandon_runs"), {"now": now}).scalars())

    def unreferenced(self, files: Sequence[str]) -> tuple[str, ...]:
        """Those of these WARC files (paths relative to the archive's root) that the database doesn't know.

        A batch's file is known once its first page is loaded, so only files older than any lease may be deleted.
        """
        with transaction(self._engine) as connection:
            return tuple(connection.execute(query("unreferenced_files"), {"names": list(files)}).scalars())

    def expired_files(self, *, before: datetime, limit: int = 1000) -> tuple[str, ...]:
        """Up to `limit` WARC files without a response as young as `before`."""
        with transaction(self._engine) as connection:
            return tuple(connection.execute(query("expired_files"), {"before": before, "most": limit}).scalars())

    def drop_captures(self, files: Sequence[str]) -> None:
        """Forget where responses lie in these WARC files; then the files are unreferenced and may go."""
        with transaction(self._engine) as connection:
            for statement in ("unlink_articles", "unlink_revisions", "drop_captures"):
                connection.execute(query(statement), {"names": list(files)})

    def withdraw(self, *, now: datetime) -> int:
        """Withdraw the articles that their publishers let be shown until now at the latest, where the source heeds that; returns how many.

        Those of sources that heed it no more are shown again.
        """
        withdrawn = self._change_all(_WITHDRAW, now)
        self._change_all(_SHOW_AGAIN, now)
        return withdrawn

    def _change_all(self, change: _StatusChange, now: datetime) -> int:
        count = 0
        while ids := repeating(self._engine, lambda connection: _change_some(connection, change, now)):
            count += len(ids)
        return count

    def settle_restored_changes(self) -> int:
        """Make the change feed readable again after a restore into a new server; returns how many entries were touched (else 0)."""
        return repeating(self._engine, lambda connection: connection.execute(query("settle_restored_changes")).rowcount)

    def bloated_tables(self) -> tuple[BloatedTable, ...]:
        """Tables that vacuum has left behind, the worst first."""
        with transaction(self._engine) as connection:
            return read(connection, "table_health", BloatedTable)

    def renew_editing(self, *, now: datetime) -> None:
        """Learn from the looks at articles how often each outlet edits and when: by that the budget of looks is shared out and spent."""
        with transaction(self._engine) as connection:
            watched = {row.source_id: (row.articles, int(row.edits)) for row in connection.execute(query("watched_articles"), {"now": now})}
            told = {source_id: [0] * (len(AGE_STEPS) - 1) for source_id in watched}
            for row in connection.execute(query("told_edits"), {"now": now, "steps": list(AGE_STEPS)}):
                told[row.source_id][row.step] = row.edits
            ages, rates = edit_ages(told), outlet_rates(watched)
            rows = rows_json({"source_id": one, "rate": rates[one], "ages": ages[one]} for one in watched)
            connection.execute(query("set_editing"), {"rows": rows})


def _change_some(connection: Connection, change: _StatusChange, now: datetime) -> list[int]:
    """Change the status of some articles, with a version and an entry of the change feed each; returns their keys."""
    ids = list(connection.execute(query(change.found_by), {"now": now, "most": _AT_ONCE}).scalars())
    if ids:
        connection.execute(query(change.marked_by), {"article_ids": ids, "status": change.reason})
        connection.execute(query("add_revisions"), {"article_ids": ids, "reason": change.reason, "diffs": "{}"})
        connection.execute(query("add_changes"), {"article_ids": ids, "kind": change.kind})
    return ids
