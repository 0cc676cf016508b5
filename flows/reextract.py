"""The `reextract` flow: articles rebuilt from the archive, with no request to anybody. Prefect says when; `pipeline.steps` says what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine

from flows.opening import open_database
from flows.plan import LANES_AT_MOST
from flows.rebuild_reports import rebuild_line, rebuild_summary, rebuild_table
from flows.showing import show
from flows.version import code_version
from pipeline.errors import DatabaseDownError
from pipeline.records import Run
from pipeline.settings import Settings, load_settings
from pipeline.steps.clock import lease_clock
from pipeline.steps.furniture import read_snapshots
from pipeline.steps.reextract import Rebuilding, Sample
from pipeline.steps.shift import beating
from pipeline.steps.workshop import Workshop
from pipeline.store.reextracting import RebuildFilter, Reextraction
from pipeline.store.runs import Runs

KIND = "reextract"
_PROGRESS_SECONDS = 2.0


class ReextractParameters(BaseModel):
    """Which articles a run of `reextract` rebuilds; empty: any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str | None = Field(None, title="Source", description="Slug of the one source whose articles are rebuilt.")
    since: datetime | None = Field(None, title="Since", description="Published (undated: first seen) at this moment or later.")
    until: datetime | None = Field(None, title="Until", description="Published before this moment.")
    extractor: str | None = Field(None, title="Extractor", description="Only rows whose extractor's name begins with this.")
    current_too: bool = Field(False, title="Current too", description="Also rows that the extractor of today has read already.")
    lanes: int | None = Field(
        None, ge=1, le=LANES_AT_MOST, title="Lanes", description="Pages worked at once. Empty: the setting DATELINE_EXTRACTOR_PROCESSES."
    )

    @property
    def sample(self) -> Sample:
        """The same for the step."""
        wanted = RebuildFilter(source=self.source, since=self.since, until=self.until, extractor=self.extractor)
        return Sample(wanted=wanted, current_too=self.current_too)


def _this_run() -> FlowRun:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("this works in a flow run only")
    return context.flow_run


def _name_run() -> str:
    return run_title(ReextractParameters.model_validate((_this_run().parameters or {}).get("parameters", {})))


def run_title(parameters: ReextractParameters) -> str:
    """A run's name: "re-extraction of beacon, since 2026-11-01"."""
    days = [f"{name} {day:%Y-%m-%d}" for name, day in (("since", parameters.since), ("until", parameters.until)) if day]
    return ", ".join([f"re-extraction of {parameters.source or 'all sources'}", *days])


@flow(name=KIND, flow_run_name=_name_run, persist_result=False)
async def reextract(parameters: ReextractParameters) -> State[Any]:
    """Reads archived responses again with the extractor of today and rewrites the rows that it reads otherwise.

    A run that was killed is simply started again: what is done is passed by. Rows that the quality gate would refuse now stay, and are
    listed.
    """
    settings = load_settings()
    engine = await open_database()
    try:
        return await _work(parameters, settings, engine)
    finally:
        engine.dispose()


async def _work(parameters: ReextractParameters, settings: Settings, engine: Engine) -> State[Any]:
    began, run_id, store, runs = lease_clock(), _this_run().id, Reextraction(engine), Runs(engine)
    title = run_title(parameters)
    await asyncio.to_thread(
        runs.start, Run(run_id=run_id, flow=KIND, code_version=code_version(), parameters=parameters.model_dump(mode="json"))
    )
    completed = False
    try:
        snapshots = await asyncio.to_thread(read_snapshots, settings, engine)
        async with Workshop(settings, snapshots=snapshots) as workshop, beating(runs, run_id):
            work = Rebuilding(workshop, store, settings, parameters.sample, partial(store.rewrite, run_id=run_id))
            number = parameters.lanes or min(settings.extractor_processes, LANES_AT_MOST)
            lanes = [work_lane.with_options(task_run_name=f"lane {one}") for one in range(1, number + 1)]
            async with _progress(title, work):
                await asyncio.gather(*(lane(work) for lane in lanes))
        completed = True
    finally:
        with suppress(DatabaseDownError):  # `maintain` ends it then
            await asyncio.to_thread(runs.end, run_id, "completed" if completed else "failed")
    return await _finish(title, work, seconds=lease_clock() - began)


@task(name="lane", cache_policy=NO_CACHE, persist_result=False, tags=["lane"])
async def work_lane(work: Rebuilding) -> None:
    """Rebuild articles until none is left."""
    await work.work_lane()


async def _finish(title: str, work: Rebuilding, *, seconds: float) -> State[Any]:
    """The run's artifacts and its final state. Everything is stored by now."""
    table = rebuild_table(work.progress) or [{"outlet": "every row was up to date"}]
    summary = rebuild_summary(title, work.progress, seconds=seconds)
    await show(acreate_table_artifact(table, key=f"{KIND}-ledger", description=f"What {title} changed, by outlet"))
    await show(acreate_markdown_artifact(summary, key=f"{KIND}-summary", description=title))
    return Completed(message=rebuild_line(work.progress))


@asynccontextmanager
async def _progress(title: str, work: Rebuilding) -> AsyncIterator[None]:
    """A progress artifact that is kept up to date as long as the block lasts."""
    artifact = await show(acreate_progress_artifact(0.0, key=f"{KIND}-progress", description=title))

    async def keep_updating(artifact: UUID) -> None:
        while True:
            description = f"{title}: {rebuild_line(work.progress)}"
            await show(aupdate_progress_artifact(artifact, progress=round(work.progress.percent, 1), description=description))
            await asyncio.sleep(_PROGRESS_SECONDS)

    updating = asyncio.create_task(keep_updating(artifact)) if artifact else None
    try:
        yield
    finally:
        if updating:
            updating.cancel()
            await asyncio.wait([updating])
