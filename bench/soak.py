"""Whether a worker that works for hours grows: memory of parent and children, open files, threads, connections (FAULTS 23).

    python bench/soak.py [--minutes 120] [--control]

One process works shift after shift at a press that publishes 200 times as fast as life: polls, pages, children, loads, matches, looks for
edits, upkeep. After each shift it is measured. The first quarter is left out as warm-up: until then the caches fill, of which that of the
texts compared last is the largest. Memory's slope is Theil and Sen's (the median over all pairs), in % of the mean an hour, with its 95 %
interval: it grows where the interval lies above 1 %, it is flat where it lies below, and else the run was too short to tell. A run of less
than an hour finds the filling itself, which takes a quarter of one. Of files, threads and connections there must not be more in all of the
last third than at any moment of the first. Prints one table, writes bench/results/soak.json, and ends with 1 where something grows. With
--control each page is kept in memory: that must be found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Engine, text
from support.processes import family, living
from support.trends import count_verdict, slope_of

from flows.local import demo_settings, press_folder
from newsroom.house import SOURCES_FILE
from pipeline.records import Run
from pipeline.settings import Settings, load_settings
from pipeline.sources import read_sources
from pipeline.steps.clock import lease_clock
from pipeline.steps.shift import Shift, heartbeat
from pipeline.steps.upkeep import do_upkeep
from pipeline.steps.workplace import Workplace, open_workplace
from pipeline.steps.workshop import Workshop
from pipeline.store.database import open_engine, transaction
from pipeline.store.embedded import start
from pipeline.store.migrate import migrate
from pipeline.store.sources import Sources

_HERE = Path(__file__).resolve().parent
_RESULTS = _HERE / "results" / "soak.json"
_CONNECTIONS = text((_HERE / "support" / "connections.sql").read_text(encoding="utf-8"))
_SPEED = 200.0  # of the press: some two and a half articles a second, over all outlets
_SHIFT_SECONDS = 10.0
_WARM_UP = 0.25
_CHILD = "pipeline.steps.child"
_KEPT = 10  # copies of each page that the control keeps
_FEWEST = 12  # samples by which anything can be said


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What the worker holds at the end of a shift."""

    hours: float  # since the start
    parent_bytes: int
    children_bytes: int
    files: int
    threads: int
    connections: int
    pages: int  # fetched so far


def _sample(engine: Engine, began: float, pages: int) -> Sample:
    processes = living()
    children = [process for process in family(processes, os.getpid()) if _CHILD in process.command]
    with transaction(engine) as connection:
        connections = connection.execute(_CONNECTIONS).scalar_one()
    return Sample(
        hours=(time.monotonic() - began) / 3600,
        parent_bytes=processes[os.getpid()].resident_bytes,
        children_bytes=sum(process.resident_bytes for process in children),
        files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        threads=sum(1 for _ in Path("/proc/self/task").iterdir()),
        connections=connections,
        pages=pages,
    )


async def _soak(settings: Settings, engine: Engine, minutes: float) -> list[Sample]:
    """Shift after shift, each measured in the end."""
    run = Run(run_id=uuid.uuid4(), flow="soak", code_version="bench")
    samples: list[Sample] = []
    began, pages = time.monotonic(), 0
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("soaking", total=minutes)
        async with open_workplace(settings, engine, run.run_id) as workplace:
            workplace.runs.start(run)
            async with heartbeat(workplace):
                while time.monotonic() - began < 60 * minutes:
                    pages += await _shift(workplace)
                    await asyncio.to_thread(do_upkeep, settings, engine, now=workplace.now())
                    samples.append(_sample(engine, began, pages))
                    progress.update(bar, completed=(time.monotonic() - began) / 60)
    return samples


async def _shift(workplace: Workplace) -> int:
    """How many pages a shift fetched. Raises RuntimeError where a batch broke off."""
    shift = Shift(workplace, ends_at=lease_clock() + _SHIFT_SECONDS)
    await asyncio.gather(*(shift.work_lane() for _ in range(workplace.settings.lanes)))
    if shift.errors:
        raise RuntimeError(shift.errors[0])
    return shift.tally.fetched


@contextmanager
def _press(folder: Path) -> Iterator[None]:
    """The press, in a process of its own."""
    command = [sys.executable, "-m", "newsroom", "--folder", str(folder), "--speed", str(_SPEED), "--calm"]
    with subprocess.Popen(command, cwd=_HERE.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as press:
        try:
            if press.stdout is None or b"running" not in press.stdout.readline():
                sys.exit("the press does not run")
            yield
        finally:
            press.terminate()


def measure(minutes: float) -> list[Sample]:
    """The samples of a worker's life of so many minutes."""
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as name:
        Path(name).chmod(0o755)
        settings = demo_settings(load_settings(data_folder=Path(name)))
        press = press_folder(settings)
        with _press(press), start(settings) as postgres:
            engine = open_engine(postgres.connection_url(postgres.database))
            migrate(engine)
            Sources(engine).sync(read_sources((press / SOURCES_FILE).read_text(encoding="utf-8"), SOURCES_FILE))
            samples = asyncio.run(_soak(settings, engine, minutes))
            engine.dispose()
    return samples


@contextmanager
def _leaking() -> Iterator[None]:
    """The control: each page that was read is kept."""
    kept: list[bytes] = []
    extract = Workshop.extract

    async def keeping(workshop: Workshop, page: Any, **details: Any) -> Any:
        kept.append((page.response.body or b"") * _KEPT)
        return await extract(workshop, page, **details)

    with patch.object(Workshop, "extract", keeping):
        yield


def judge(samples: Sequence[Sample], table: Table) -> dict[str, str]:
    """The verdict on each measure; a row of `table` for each."""
    hours, verdicts = [sample.hours for sample in samples], {}
    for name in ("parent_bytes", "children_bytes"):
        slope = slope_of(hours, [getattr(sample, name) for sample in samples])
        verdicts[name] = slope.verdict
        table.add_row(name, f"{slope.mean:,.0f}", f"{slope.percent:+.2f} ({slope.low:+.2f} to {slope.high:+.2f}) %/h", slope.verdict)
    for name in ("files", "threads", "connections"):
        counts = [getattr(sample, name) for sample in samples]
        verdicts[name] = count_verdict(counts)
        table.add_row(name, f"{statistics.fmean(counts):,.1f}", f"{min(counts)} to {max(counts)}, {counts[-1]} in the end", verdicts[name])
    return verdicts


def main() -> None:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--control", action="store_true", help="pages are kept in memory: it must be found")
    options = parser.parse_args()
    with _leaking() if options.control else nullcontext():
        samples = measure(options.minutes)
    warm = samples[int(_WARM_UP * len(samples)) :]
    if len(warm) < _FEWEST:
        sys.exit(f"bench/soak.py: {len(samples)} shifts are too few; --minutes 5 at least")
    table = Table("what", "mean", "", "verdict", title=f"{len(samples)} shifts, {options.minutes:g} minutes, {samples[-1].pages:,} pages")
    verdicts = judge(warm, table)
    Console().print(table)
    if not options.control:
        _RESULTS.parent.mkdir(exist_ok=True)
        told = {"verdicts": verdicts, "samples": [asdict(sample) for sample in samples]}
        _RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    growing = [name for name, verdict in verdicts.items() if verdict == "grows"]
    sys.exit(0 if bool(growing) == options.control else f"grows: {', '.join(growing) or 'nothing, though pages are kept'}")


if __name__ == "__main__":
    main()
