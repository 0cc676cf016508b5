"""Runs: worked by a command itself, without Prefect, and what a run did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

from cli.database import Desk
from cli.output import print_table, say
from flows.reports import run_table, run_totals, totals_line
from flows.version import code_version
from pipeline.errors import DatabaseDownError
from pipeline.records import Run
from pipeline.steps.shift import heartbeat
from pipeline.steps.workplace import Workplace, open_workplace
from pipeline.store.rows import RunLedgerRow
from pipeline.store.runs import Runs


@asynccontextmanager
async def registered(runs: Runs, run_id: UUID, *, flow: str, command: str) -> AsyncIterator[None]:
    """The run's row in the database, ended however the block ends."""
    run = Run(run_id=run_id, flow=flow, code_version=code_version(), parameters={"command": command})
    await asyncio.to_thread(runs.start, run)
    completed = False
    try:
        yield
        completed = True
    finally:
        with suppress(DatabaseDownError):  # `maintain` ends it then
            runs.end(run_id, "completed" if completed else "failed")


@asynccontextmanager
async def working(desk: Desk, *, flow: str, command: str) -> AsyncIterator[Workplace]:
    """A run's row, its heartbeat and its tools, as long as the block lasts."""
    run_id = uuid4()
    async with (
        registered(Runs(desk.engine), run_id, flow=flow, command=command),
        open_workplace(desk.settings, desk.engine, run_id) as workplace,
        heartbeat(workplace),
    ):
        yield workplace


def print_run_ledger(rows: Sequence[RunLedgerRow]) -> None:
    """What one run did, by outlet, and its sum."""
    lines = run_table(rows)
    if lines:
        print_table("This run", tuple(lines[0]), [tuple(line.values()) for line in lines])
    say(f"This run: {totals_line(run_totals(rows))}")
