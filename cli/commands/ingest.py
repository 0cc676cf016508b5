"""`dateline ingest`: one drain, without a Prefect server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import typer

from cli.database import Desk, open_desk
from cli.errors import complain
from cli.ledger import ledger_line
from cli.options import JsonFlag
from cli.output import print_json, say
from cli.progress import QueueProgress, shown_progress
from cli.runs import print_run_ledger, working
from cli.sourcefile import NO_SOURCES
from flows.reports import progress_percent, run_totals, totals_line
from pipeline.errors import DatabaseDownError
from pipeline.steps.shift import Shift
from pipeline.steps.watch import watch, watch_volumes
from pipeline.store.reading import Reader
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)


@app.command()
def ingest(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Poll, fetch, extract and load what is due now, and end when nothing is; no Prefect server is needed.

    Exit status 1 when a batch broke off or the ledger does not balance. Ctrl-C gives back what is not done.
    """
    with open_desk(ctx) as desk:
        if not Sources(desk.engine).all():
            complain(NO_SOURCES)
            raise typer.Exit(1)
        run_id, errors = asyncio.run(_drain(desk))
        reader = Reader(desk.engine)
        rows, total = reader.run_ledger(run_id), reader.ledger_total()
    if as_json:
        print_json({"run_id": run_id, "errors": errors, "run": rows, "ledger": total})
    else:
        print_run_ledger(rows)
        say(f"Ledger: {ledger_line(total)}", style="green" if total.balanced else "red")
    for error in errors:
        complain(f"a batch broke off: {error}")
    raise typer.Exit(1 if errors or not total.balanced else 0)


async def _drain(desk: Desk) -> tuple[UUID, list[str]]:
    """Work until nothing is due. Returns the run's id, and why batches broke off."""
    async with working(desk, flow="drain", command="dateline ingest") as workplace:
        shift, reader = Shift(workplace, ends_at=None), Reader(desk.engine)

        async def look(bar: QueueProgress) -> None:
            with suppress(DatabaseDownError):
                rows, queue = await asyncio.to_thread(lambda: (reader.run_ledger(workplace.run_id), reader.queue()))
                bar.show(totals_line(run_totals(rows)), percent=progress_percent(rows, queue))

        async with shown_progress("ingest", look), asyncio.TaskGroup() as lanes:
            for _ in range(desk.settings.lanes):
                lanes.create_task(shift.work_lane())
        with suppress(DatabaseDownError):  # the next run looks
            for judge in (watch, watch_volumes):
                await asyncio.to_thread(judge, desk.engine, now=workplace.now())
        return workplace.run_id, shift.errors
