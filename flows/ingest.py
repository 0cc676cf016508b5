"""The `ingest` flow: a shift, or a drain started by hand. Prefect says when; `pipeline.steps` says what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed
from sqlalchemy import Engine

from flows.alarms import look_for_trouble
from flows.opening import open_database
from flows.plan import IngestParameters, Plan, make_plan, reason_to_skip
from flows.reports import progress_percent, run_summary, run_table, run_totals, totals_line
from flows.showing import show
from flows.version import code_version
from pipeline.errors import DatabaseDownError
from pipeline.records import Run, Tally
from pipeline.settings import Settings, load_settings
from pipeline.steps.clock import DatabaseClock, lease_clock, pause_after_look, utc_now
from pipeline.steps.patience import once_it_answers
from pipeline.steps.shift import Shift, heartbeat
from pipeline.steps.workplace import open_workplace
from pipeline.store.reading import Reader
from pipeline.store.rows import QueueCounts, RunLedgerRow
from pipeline.store.runs import Runs

_PROGRESS_SECONDS = 3.0


def _this_run() -> FlowRun:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("this works in a flow run only")
    return context.flow_run


def _plan(parameters: IngestParameters, settings: Settings, *, now: datetime) -> Plan:
    run = _this_run()
    tick = run.expected_start_time if run.auto_scheduled else None
    return make_plan(parameters, settings, run_id=run.id, tick=tick, now=now)


def _name_run() -> str:
    parameters = IngestParameters.model_validate((_this_run().parameters or {}).get("parameters", {}))
    return _plan(parameters, load_settings(), now=utc_now()).title


@flow(name="ingest", flow_run_name=_name_run, persist_result=False)
async def ingest(parameters: IngestParameters) -> State[Any]:
    """Polls what is due, fetches, extracts and loads it, in lanes that work batch after batch.

    A scheduled run works until the next one begins; it ends at once if enough others are at work. A drain ends when nothing is due.
    """
    settings = load_settings()
    engine = await open_database()
    try:
        now = await once_it_answers(lambda: DatabaseClock.of(engine))
        plan = _plan(parameters, settings, now=now())
        live = await once_it_answers(lambda: Runs(engine).count_live(plan.kind, besides=plan.run_id))
        reason = reason_to_skip(plan, settings, live_shifts=live, now=now())
        ends_at = lease_clock() + (plan.ends_at - now()).total_seconds() if plan.ends_at else None
        return Completed(message=reason) if reason else await _work(plan, settings, engine, ends_at=ends_at)
    finally:
        engine.dispose()


async def _work(plan: Plan, settings: Settings, engine: Engine, *, ends_at: float | None) -> State[Any]:
    """Work until `ends_at` (lease clock; None: a drain), then show what was done. The run's row ends as the run does, also if cancelled."""
    began = lease_clock()
    async with _registered(plan, Runs(engine)) as ending, open_workplace(settings, engine, plan.run_id) as workplace:
        shift = Shift(workplace, ends_at=ends_at)
        async with heartbeat(workplace), _progress(plan, Reader(engine)):
            failures = await _work_lanes(plan, shift)
        ending.completed = not (failures or shift.errors)
    state = await _finish(plan, Reader(engine), [*shift.errors, *failures], seconds=lease_clock() - began)
    with suppress(DatabaseDownError):  # the next run looks
        await look_for_trouble(engine, every_seconds=settings.shift_seconds)
    return state


async def _work_lanes(plan: Plan, shift: Shift) -> list[str]:
    """Work all lanes; when one fails, the others end after their batch. Returns what lanes failed of."""
    lanes = [work_lane.with_options(task_run_name=f"lane {number}")(shift) for number in range(1, plan.lanes + 1)]
    results = await asyncio.gather(*lanes, return_exceptions=True)
    return [f"{type(result).__name__}: {result}" for result in results if isinstance(result, BaseException)]


@task(name="lane", cache_policy=NO_CACHE, persist_result=False, tags=["lane"])
async def work_lane(shift: Shift) -> Tally:
    """Work batch after batch until the shift is over."""
    try:
        return await shift.work_lane()
    except BaseException:
        shift.stop()
        raise


@dataclass
class _Ending:
    """How a run's row in the database ends."""

    completed: bool = False


@asynccontextmanager
async def _registered(plan: Plan, runs: Runs) -> AsyncIterator[_Ending]:
    """The run's row in the database, ended however the block ends."""
    ending = _Ending()
    run = Run(run_id=plan.run_id, flow=plan.kind, code_version=code_version(), parameters=plan.facts())
    await once_it_answers(lambda: runs.start(run))
    try:
        yield ending
    finally:
        with suppress(DatabaseDownError):  # `maintain` ends it then
            await asyncio.to_thread(runs.end, plan.run_id, "completed" if ending.completed else "failed")


async def _finish(plan: Plan, reader: Reader, errors: Sequence[str], *, seconds: float) -> State[Any]:
    """The run's artifacts and its final state. Everything is stored by now."""
    rows, queue = await asyncio.to_thread(_look, reader, plan.run_id)
    table = run_table(rows) or [{"outlet": "nothing was due"}]
    summary = run_summary(plan.title, rows, queue, errors, seconds=seconds)
    await show(acreate_table_artifact(table, key=f"{plan.kind}-ledger", description=f"What {plan.title} did, by outlet"))
    await show(acreate_markdown_artifact(summary, key=f"{plan.kind}-summary", description=plan.title))
    line = totals_line(run_totals(rows))
    if not errors:
        return Completed(message=line)
    return Failed(message=f"{len(errors)} batches broke off, everything else is stored ({line}). The first one: {errors[0]}")


@asynccontextmanager
async def _progress(plan: Plan, reader: Reader) -> AsyncIterator[None]:
    """A progress artifact that is kept up to date as long as the block lasts."""
    artifact = await show(acreate_progress_artifact(0.0, key=f"{plan.kind}-progress", description=plan.title))
    updating = asyncio.create_task(_keep_updating(artifact, plan, reader)) if artifact else None
    try:
        yield
    finally:
        if updating:
            updating.cancel()
            await asyncio.wait([updating])


async def _keep_updating(artifact: UUID, plan: Plan, reader: Reader) -> None:
    while True:
        began = lease_clock()
        with suppress(DatabaseDownError):
            rows, queue = await asyncio.to_thread(_look, reader, plan.run_id)
            description = f"{plan.title}: {totals_line(run_totals(rows))}, {queue.due + queue.leased:,} pages to go"
            await show(aupdate_progress_artifact(artifact, progress=progress_percent(rows, queue), description=description))
        await asyncio.sleep(pause_after_look(lease_clock() - began, least=_PROGRESS_SECONDS))


def _look(reader: Reader, run_id: UUID) -> tuple[tuple[RunLedgerRow, ...], QueueCounts]:
    return reader.run_ledger(run_id), reader.queue()
