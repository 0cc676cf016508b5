"""Starts the `ingest-now` deployment and follows its run: what the one-command start shows while it works."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import PrefectHTTPStatusError

from flows.reports import RunTotals, progress_percent, run_totals
from pipeline.errors import DatabaseDownError, ServiceDiedError
from pipeline.steps.clock import pause_after_look
from pipeline.store.reading import Reader
from pipeline.store.rows import QueueCounts, RunLedgerRow

_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 60.0  # with a Prefect server that restarts
_RECORDING_SECONDS = 40.0  # Prefect records task runs up to 36 s after they ended, in a burst of 1,000; ours are 20


@dataclass(frozen=True, kw_only=True)
class DrainProgress:
    """How far a drain is."""

    state: str  # Prefect's name: Scheduled, Pending, Running, Completed …
    seconds: float  # since it was asked for
    percent: float
    totals: RunTotals
    queue: QueueCounts


@dataclass(frozen=True, kw_only=True)
class DrainReport:
    """What a drain came to."""

    run_id: UUID
    completed: bool
    message: str  # of the run's final state
    seconds: float  # from asking for it until its final state
    rows: tuple[RunLedgerRow, ...]  # by outlet
    recorded: bool  # Prefect's server has recorded every task run of it


async def drain(reader: Reader, on_progress: Callable[[DrainProgress], None], *, task_runs: int) -> DrainReport:
    """Have a worker run `ingest-now`, and return when Prefect has recorded its end and that of its `task_runs`.

    `on_progress` is called twice a second at the most. Raises ServiceDiedError when the Prefect server stays away.
    """
    began = time.monotonic()
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("ingest/ingest-now")
        run_id = (await client.create_flow_run_from_deployment(deployment.id)).id
        state = await _follow(client, run_id, lambda state: on_progress(_progress(reader, run_id, state, time.monotonic() - began)))
        seconds = time.monotonic() - began
        recorded = await _wait_for_recording(client, run_id, task_runs)
    rows = await asyncio.to_thread(reader.run_ledger, run_id)

    message = state.message or state.type.value
    return DrainReport(run_id=run_id, completed=state.is_completed(), message=message, seconds=seconds, rows=rows, recorded=recorded)


async def _follow(client: PrefectClient, run_id: UUID, tell: Callable[[str], None]) -> State:
    """The final state of a run. `tell` gets the name of its state again and again."""
    answered = time.monotonic()
    while True:
        began = time.monotonic()
        run = await _read(client, run_id)
        if run is not None and run.state is not None:
            answered = time.monotonic()
            with suppress(DatabaseDownError):
                await asyncio.to_thread(tell, run.state.name or run.state.type.value)
            if run.state.is_final():
                return run.state
        elif time.monotonic() - answered > _PATIENCE_SECONDS:
            raise ServiceDiedError(f"the Prefect server has not answered for {_PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(pause_after_look(time.monotonic() - began, least=_LOOK_SECONDS))


async def _read(client: PrefectClient, run_id: UUID) -> FlowRun | None:
    with suppress(httpx.HTTPError, PrefectHTTPStatusError):
        return await client.read_flow_run(run_id)
    return None


def _progress(reader: Reader, run_id: UUID, state: str, seconds: float) -> DrainProgress:
    rows, queue = reader.run_ledger(run_id), reader.queue()
    return DrainProgress(state=state, seconds=seconds, percent=progress_percent(rows, queue), totals=run_totals(rows), queue=queue)


async def _wait_for_recording(client: PrefectClient, run_id: UUID, task_runs: int) -> bool:
    """Task runs are recorded in the background: wait until all have a final state."""
    deadline = time.monotonic() + _RECORDING_SECONDS
    while time.monotonic() < deadline:
        tasks = await client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])))
        if sum(task.state is not None and task.state.is_final() for task in tasks) >= task_runs:
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False
