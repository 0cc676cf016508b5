"""The `maintain` flow: daily upkeep of the database and the archive."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from sqlalchemy import Engine

from flows.alarms import look_for_trouble
from flows.opening import open_database
from flows.reports import upkeep_line, upkeep_summary
from flows.showing import show
from pipeline.settings import load_settings
from pipeline.steps.clock import DatabaseClock
from pipeline.steps.upkeep import UpkeepReport, do_upkeep


@flow(name="maintain", flow_run_name="upkeep", persist_result=False)
async def maintain() -> State[Any]:
    """Makes the partitions of the coming month, forgets what is past its retention, and deletes archive files that nothing refers to.

    Ends Failed when something needs a person's eye, after having done all of it.
    """
    engine = await open_database()
    try:
        report = await keep_up(engine)
        await look_for_trouble(engine, every_seconds=86_400)
    finally:
        engine.dispose()
    await show(acreate_markdown_artifact(upkeep_summary(report), key="upkeep", description="What the daily upkeep did"))
    if report.alarms:
        return Failed(message="; ".join(report.alarms))
    return Completed(message=upkeep_line(report))


@task(name="keep up", task_run_name="partitions, runs, archive", cache_policy=NO_CACHE, persist_result=False, tags=["upkeep"])
async def keep_up(engine: Engine) -> UpkeepReport:
    """All of the upkeep, see `pipeline.steps.upkeep`."""
    now = await asyncio.to_thread(DatabaseClock.of, engine)
    return await asyncio.to_thread(do_upkeep, load_settings(), engine, now=now())
