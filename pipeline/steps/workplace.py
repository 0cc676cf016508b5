"""Everything a run works with, opened once and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from pipeline.fetch.http import Fetcher
from pipeline.settings import Settings
from pipeline.steps.clock import DatabaseClock
from pipeline.steps.furniture import read_snapshots
from pipeline.steps.patience import once_it_answers
from pipeline.steps.weather import Weather
from pipeline.steps.workshop import Workshop
from pipeline.store.frontier import Frontier
from pipeline.store.incidents import Incidents
from pipeline.store.loading import Loader
from pipeline.store.polls import Polls
from pipeline.store.reextracting import Reextraction
from pipeline.store.robots import RobotsFiles
from pipeline.store.runs import Runs
from pipeline.store.siterights import RightsFiles

# Fetched pages that wait for a child, beside one for each host: enough to keep the children busy, few enough to stay small.
_PAGES_PER_PROCESS = 4


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """One run's tools. The store's methods block: call them in a thread."""

    settings: Settings
    run_id: UUID
    now: Callable[[], datetime]  # the database's clock
    fetcher: Fetcher
    workshop: Workshop
    weather: Weather
    slots: asyncio.Semaphore  # fetched pages that may wait for extraction, or for their chunk to take them
    frontier: Frontier
    polls: Polls
    loader: Loader
    reextraction: Reextraction
    robots: RobotsFiles
    rights_files: RightsFiles
    runs: Runs
    incidents: Incidents


@asynccontextmanager
async def open_workplace(
    settings: Settings, engine: Engine, run_id: UUID, *, now: Callable[[], datetime] | None = None
) -> AsyncIterator[Workplace]:
    """Open the tools of a run; its children and connections are closed at the end, however it ends. `now` replaces the database's clock.

    A database that restarts is waited for; raises DatabaseDownError when it stays away.
    """
    snapshots = await once_it_answers(lambda: read_snapshots(settings, engine))
    clock = now if now is not None else await once_it_answers(lambda: DatabaseClock.of(engine))
    async with Fetcher(settings, now=clock) as fetcher, Workshop(settings, snapshots=snapshots) as workshop:
        yield Workplace(
            settings=settings,
            run_id=run_id,
            now=clock,
            fetcher=fetcher,
            workshop=workshop,
            weather=Weather(),
            slots=asyncio.Semaphore(_PAGES_PER_PROCESS * settings.extractor_processes),
            frontier=Frontier(engine, settings),
            polls=Polls(engine),
            loader=Loader(engine, settings),
            reextraction=Reextraction(engine),
            robots=RobotsFiles(engine),
            rights_files=RightsFiles(engine),
            runs=Runs(engine),
            incidents=Incidents(engine),
        )
