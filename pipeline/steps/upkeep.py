"""Daily upkeep: partitions, runs that vanished, retention, and what killed batches left in the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from pipeline.archive.place import Place
from pipeline.archive.upkeep import delete_unreferenced, scrub_record
from pipeline.settings import Settings
from pipeline.steps.furniture import FurnitureReport, renew_furniture
from pipeline.store.forgetting import Forgetting
from pipeline.store.keys import renew_key_partitions, renew_stop_list
from pipeline.store.upkeep import BloatedTable, PartitionReport, Upkeep
from pipeline.store.watching import KEPT, Watching

_MARGIN = timedelta(days=1)  # far above any lease: a younger file may belong to a transaction that is still to come
_FILES = 1000  # WARC files whose captures are dropped in one transaction


@dataclass(frozen=True, kw_only=True)
class UpkeepReport:
    """What was done."""

    partitions: PartitionReport  # of fetch_log
    keys: PartitionReport  # of match_key
    stop_list: int | None  # its version, where it is a new one
    furniture: FurnitureReport
    runs_abandoned: int
    withdrawn: int  # articles whose publishers let them be shown until today
    files_expired: int  # WARC files past their retention
    files_deleted: int  # these, and those that nothing referred to
    changes_settled: int  # entries of the change feed that a restore had put into the future
    bloated: tuple[BloatedTable, ...]  # the worst first

    @property
    def alarms(self) -> tuple[str, ...]:
        """What a person should look at; one sentence each."""
        strays = {"fetch_log": self.partitions.stray_rows, "match_key": self.keys.stray_rows}
        return (
            *(
                f"{n:,} rows of {table} lie in its default partition: `maintain` did not run for a month"
                for table, n in strays.items()
                if n
            ),
            *(f"vacuum does not keep up with table {table.table}: {table.dead_rows:,} dead rows" for table in self.bloated),
        )


def do_upkeep(settings: Settings, engine: Engine, *, now: datetime) -> UpkeepReport:
    """Do all of it; each part is a transaction or more of its own, so a run that is killed can simply be run again.

    Needs the rights of the tables' owner. Raises DatabaseDownError, or DataFolderError when the archive can't be written.
    """
    upkeep = Upkeep(engine)
    partitions = upkeep.partitions(now=now, keep_days=settings.fetch_log_days)
    keys = renew_key_partitions(engine, now=now)
    abandoned = upkeep.abandon_runs(now=now)
    upkeep.renew_editing(now=now)
    Watching(engine).forget(before=now - KEPT)
    forgetting = Forgetting(engine)
    forgetting.turned_away()
    wipe_forgotten(forgetting, settings.archive_root, now=now)
    expired = _expire(upkeep, settings, now)
    return UpkeepReport(
        partitions=partitions,
        keys=keys,
        stop_list=renew_stop_list(engine),
        furniture=renew_furniture(engine, now=now),
        runs_abandoned=len(abandoned),
        withdrawn=upkeep.withdraw(now=now),
        files_expired=expired,
        files_deleted=_delete_unreferenced(upkeep, settings.archive_root, now),
        changes_settled=upkeep.settle_restored_changes(),
        bloated=upkeep.bloated_tables(),
    )


def wipe_forgotten(forgetting: Forgetting, archive_root: str, *, now: datetime) -> int:
    """Wipe the responses that are noted for it, also those of an earlier call that was interrupted. Returns how many."""
    wiped = 0
    while places := forgetting.pending_scrubs():
        for place in places:
            scrub_record(archive_root, place.warc_file, place.warc_offset, now=now)
            forgetting.finish_scrubs([place])
        wiped += len(places)
    return wiped


def _expire(upkeep: Upkeep, settings: Settings, now: datetime) -> int:
    """Forget the captures of WARC files past their retention; with nothing that refers to them, the files go like all such files."""
    if not settings.archive_days:
        return 0
    count, before = 0, now - timedelta(days=settings.archive_days)
    while files := upkeep.expired_files(before=before, limit=_FILES):
        upkeep.drop_captures(files)
        count += len(files)
    return count


def _delete_unreferenced(upkeep: Upkeep, root: str, now: datetime) -> int:
    names = set(Place(root).names())
    referenced = names - set(upkeep.unreferenced(sorted(names)))
    return len(delete_unreferenced(root, referenced, now - _MARGIN))
