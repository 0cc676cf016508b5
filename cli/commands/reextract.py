"""`dateline reextract`: articles rebuilt from the archive, without a Prefect server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated
from uuid import uuid4

import typer

from cli.database import Desk, open_desk
from cli.options import JsonFlag, Since, Until
from cli.output import print_json, print_table, say
from cli.progress import QueueProgress
from cli.runs import registered
from flows.rebuild_reports import rebuild_line, rebuild_table
from pipeline.errors import UnknownItemError
from pipeline.steps.reextract import Progress, Rebuilding, Sample, Sink
from pipeline.steps.shift import beating
from pipeline.steps.workshop import Workshop
from pipeline.store.reextracting import RebuildFilter, Reextraction
from pipeline.store.runs import Runs
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)

_LOOK_SECONDS = 0.3


@app.command()
def reextract(
    ctx: typer.Context,
    *,
    source: Annotated[str | None, typer.Option("--source", metavar="SLUG", help="Articles of this source only.")] = None,
    since: Since = None,
    until: Until = None,
    extractor: Annotated[
        str | None, typer.Option("--extractor", metavar="NAME", help="Only rows whose extractor's name begins with this.")
    ] = None,
    current_too: Annotated[bool, typer.Option("--current-too", help="Also rows that the extractor of today has read already.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many; a fair sample, the same at each call.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would change.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Read archived responses again with the extractor of today, and rewrite the rows that it reads otherwise.

    No request is sent. Begun again after an interruption it goes on: rows that this extractor has read are passed by. Rows that the quality
    gate would refuse now stay as they are and are listed.
    """
    sample = Sample(wanted=RebuildFilter(source=source, since=since, until=until, extractor=extractor), current_too=current_too, most=limit)
    with open_desk(ctx) as desk:
        if source is not None and source not in {spec.slug for spec in Sources(desk.engine).all()}:
            raise UnknownItemError(f"source {source}; `dateline sources list` names them")
        progress = asyncio.run(_dry(desk, sample) if dry_run else _rewrite(desk, sample))
    if as_json:
        print_json({"dry_run": dry_run, "total": progress.total, **vars(progress)})
        return
    _print(progress, dry_run=dry_run)


async def _rewrite(desk: Desk, sample: Sample) -> Progress:
    run_id, store, runs = uuid4(), Reextraction(desk.engine), Runs(desk.engine)
    async with registered(runs, run_id, flow="reextract", command="dateline reextract"), beating(runs, run_id):
        return await _rebuild(desk, sample, partial(store.rewrite, run_id=run_id))


async def _dry(desk: Desk, sample: Sample) -> Progress:
    return await _rebuild(desk, sample, Reextraction(desk.engine).compare)


async def _rebuild(desk: Desk, sample: Sample, sink: Sink) -> Progress:
    async with Workshop(desk.settings) as workshop:
        work = Rebuilding(workshop, Reextraction(desk.engine), desk.settings, sample, sink)
        async with _showing(work):
            await asyncio.gather(*(work.work_lane() for _ in range(desk.settings.extractor_processes)))
    return work.progress


@asynccontextmanager
async def _showing(work: Rebuilding) -> AsyncIterator[None]:
    """A progress bar as long as the block lasts."""

    async def keep_showing(bar: QueueProgress) -> None:
        while True:
            bar.show(rebuild_line(work.progress), percent=work.progress.percent)
            await asyncio.sleep(_LOOK_SECONDS)

    with QueueProgress("reextract") as bar:
        showing = asyncio.create_task(keep_showing(bar))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.wait([showing])


def _print(progress: Progress, *, dry_run: bool) -> None:
    table = rebuild_table(progress)
    if table:
        print_table("", tuple(table[0]), [tuple(line.values()) for line in table])
    print_table("These rows stay as they are", ("source", "url", "why"), [(one.source, one.url, one.detail) for one in progress.kept])
    say(f"{'It would be: ' if dry_run else ''}{rebuild_line(progress)}.")
