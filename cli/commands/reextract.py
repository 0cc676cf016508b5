"""`dateline reextract`: articles rebuilt from the archive, without a Prefect server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from cli.database import Desk, open_desk
from cli.options import JsonFlag, Since, Until
from cli.output import print_json, print_table, say
from cli.rebuilding import rebuild
from cli.resultfile import write, writing
from cli.runs import registered
from flows.rebuild_reports import rebuild_line, rebuild_table
from pipeline.steps.readings import read_both
from pipeline.steps.reextract import Progress, Sample, Sink
from pipeline.steps.shift import beating
from pipeline.store.reextracting import RebuildFilter, Rebuilt, Reextraction, Rewritten
from pipeline.store.runs import Runs
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)


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
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write what this extractor reads to a new file, for `compare`.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read archived responses again with the extractor of today, and rewrite the rows that it reads otherwise.

    No request is sent. Begun again after an interruption it goes on: rows that this extractor has read are passed by. Rows that the quality
    gate would refuse now stay as they are and are listed.
    """
    sample = Sample(wanted=RebuildFilter(source=source, since=since, until=until, extractor=extractor), current_too=current_too, most=limit)
    with open_desk(ctx) as desk:
        if source is not None:
            Sources(desk.engine).check_known(source)
        progress = asyncio.run(_dry(desk, sample, output) if dry_run else _rewrite(desk, sample, output))
    if as_json:
        print_json({"dry_run": dry_run, "total": progress.total, **vars(progress)})
        return
    _print(progress, dry_run=dry_run)


async def _rewrite(desk: Desk, sample: Sample, output: Path | None) -> Progress:
    run_id, store, runs = uuid4(), Reextraction(desk.engine), Runs(desk.engine)
    async with registered(runs, run_id, flow="reextract", command="dateline reextract"), beating(runs, run_id):
        return await _rebuild(desk, sample, output, partial(store.rewrite, run_id=run_id))


async def _dry(desk: Desk, sample: Sample, output: Path | None) -> Progress:
    return await _rebuild(desk, sample, output, Reextraction(desk.engine).compare)


async def _rebuild(desk: Desk, sample: Sample, output: Path | None, sink: Sink) -> Progress:
    with writing(output) as stream:

        def take(rebuilt: Sequence[Rebuilt]) -> Sequence[Rewritten]:
            if stream is not None:
                write(stream, (new for _, new in read_both(Reextraction(desk.engine), rebuilt)))
            return sink(rebuilt)

        return await rebuild(desk, sample, take)


def _print(progress: Progress, *, dry_run: bool) -> None:
    table = rebuild_table(progress)
    if table:
        print_table("", tuple(table[0]), [tuple(line.values()) for line in table])
    print_table("These rows stay as they are", ("source", "url", "why"), [(one.source, one.url, one.detail) for one in progress.kept])
    say(f"{'It would be: ' if dry_run else ''}{rebuild_line(progress)}.")
