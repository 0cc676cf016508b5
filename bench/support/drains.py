"""One drain of everything that is served, measured: as a run on a Prefect server with a worker, or as the command without Prefect."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from flows.environment import dateline_environment, inherited
from flows.local import LocalStack
from flows.reports import RunTotals, run_totals
from flows.services import PROJECT, choose_port
from pipeline.records import Outcome, SourceSpec
from pipeline.settings import Settings, load_settings
from pipeline.store.database import open_engine, transaction
from pipeline.store.embedded import EmbeddedPostgres, start
from pipeline.store.migrate import migrate
from pipeline.store.reading import Reader
from pipeline.store.sources import Sources
from support.processes import Usage, Watch, family, own

_SPAN = text(Path(__file__).with_name("span.sql").read_text(encoding="utf-8"))
_DAY = 86_400.0
_FLOW = "prefect.engine"  # the process that works, by its command line
_COMMAND = "from cli.main import main; main()"


@dataclass(frozen=True, kw_only=True)
class Drain:
    """What a drain came to."""

    totals: RunTotals
    duplicates: int  # pages that name one canonical URL, here the copies of one page
    balanced: bool  # the ledger
    startup_seconds: float  # from asking for it to the first request
    seconds: float  # from the first request, right after the first claim, to the end, right after the last commit
    worker: Usage  # the process that works and its children
    alone: Usage  # that process alone: what is not extraction
    postgres: Usage
    prefect: Usage  # server and worker
    press: Usage

    @property
    def cpu_seconds(self) -> float:
        """Of everything that took part."""
        return sum(usage.cpu_seconds for usage in (self.worker, self.postgres, self.prefect, self.press))


def settings_of(folder: Path) -> Settings:
    """The settings of a measure: loopback allowed, no pace, and nothing falls due a second time."""
    return load_settings(
        data_folder=folder,
        prefect_port=choose_port(4390, among=20),
        ignore_pace=True,
        allow_loopback=True,
        allow_any_port=True,
        poll_floor_seconds=_DAY,
        poll_ceiling_seconds=_DAY,
        drain_patience_seconds=1.0,
    )


def drain_with_prefect(settings: Settings, sources: Sequence[SourceSpec]) -> Drain:
    """A run of `ingest-now` on the local stack: Prefect's server, a worker, and the flow in a process that the worker starts."""
    return asyncio.run(_drain_with_prefect(settings, sources))


async def _drain_with_prefect(settings: Settings, sources: Sequence[SourceSpec]) -> Drain:
    async with LocalStack(settings, sources=sources) as stack:
        postgres = await asyncio.to_thread(start, settings)
        with postgres, _watch(postgres, _FLOW) as watch:
            asked = time.time()
            report = await stack.drain()
            return await asyncio.to_thread(_measured, postgres, report.run_id, asked, watch)


def drain_with_command(settings: Settings, sources: Sequence[SourceSpec]) -> Drain:
    """`dateline ingest`: the same steps without a Prefect server."""
    with start(settings) as postgres:
        engine = open_engine(postgres.connection_url(postgres.database))
        migrate(engine)
        Sources(engine).sync(sources)
        engine.dispose()
        environment = {**inherited(os.environ), **dateline_environment(settings)}
        with _watch(postgres, _COMMAND) as watch:
            asked = time.time()
            command = [sys.executable, "-c", _COMMAND, "ingest", "--json"]
            told = subprocess.run(command, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, check=True).stdout
            return _measured(postgres, UUID(json.loads(told)["run_id"]), asked, watch)


def _watch(postgres: EmbeddedPostgres, worker: str) -> Watch:
    postmaster = postgres.postmaster_pid
    return Watch(
        {
            "worker": own(worker, with_children=True),
            "alone": own(worker, with_children=False),
            "postgres": lambda processes: family(processes, postmaster),
            "prefect": own("-m prefect worker", "flows.prefect_server", with_children=False),
            "press": own("corpus_press.py", with_children=True),
        }
    )


def _measured(postgres: EmbeddedPostgres, run_id: UUID, asked: float, watch: Watch) -> Drain:
    engine = open_engine(postgres.connection_url(postgres.database))
    reader = Reader(engine)
    rows = reader.run_ledger(run_id)
    with transaction(engine) as connection:
        span = connection.execute(_SPAN, {"run_id": run_id}).one()
    drain = Drain(
        totals=run_totals(rows),
        duplicates=sum(row.by_outcome.get(Outcome.DUPLICATE, 0) for row in rows),
        balanced=reader.ledger_total().balanced,
        startup_seconds=span.began.timestamp() - asked,
        seconds=(span.ended - span.began).total_seconds(),
        worker=watch["worker"],
        alone=watch["alone"],
        postgres=watch["postgres"],
        # The worker waits for the flow's process, which counts by itself, and is charged with it then.
        prefect=replace(watch["prefect"], cpu_seconds=watch["prefect"].own_seconds),
        press=watch["press"],
    )
    engine.dispose()
    return drain
