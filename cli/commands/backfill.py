"""`dateline backfill`: a source's past."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.context import command_line
from cli.database import Desk, open_desk
from cli.errors import complain
from cli.options import JsonFlag, parse_moment
from cli.output import counted, error_console, print_json, say
from cli.runs import working
from pipeline.discover.window import Window
from pipeline.steps.backfill import BackfillReport, BackfillSource
from pipeline.steps.backfill import backfill as queue_past
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)


@app.command()
def backfill(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The slug of a source.")],
    start: Annotated[
        datetime, typer.Option("--from", metavar="DATE", parser=parse_moment, help="Published at this moment or later (UTC).")
    ],
    end: Annotated[
        datetime | None, typer.Option("--to", metavar="DATE", parser=parse_moment, help="Published before it; default: now.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Queue a source's older articles: its sitemaps are read for a span of time, behind all news in the queue.

    The pages are fetched by ingest runs, at the host's pace. May be repeated after an interruption: only what is missing is queued.
    """
    window = Window(start=start, end=end or datetime.now(UTC))
    if window.start >= window.end:
        raise typer.BadParameter("it must be before --to", param_hint="--from")
    with open_desk(ctx) as desk:
        report = asyncio.run(_backfill(desk, source, window))
    if as_json:
        print_json(report)
        return
    _print(report)
    if report.queued:
        say(f"They are fetched by the scheduled runs, or by `{command_line('ingest', demo=ctx.obj.demo)}`.")


async def _backfill(desk: Desk, slug: str, window: Window) -> BackfillReport:
    sources = Sources(desk.engine)
    source_id = sources.source_id(slug)
    spec = next(spec for spec in sources.all() if spec.slug == slug)
    source = BackfillSource(source_id=source_id, homepage=spec.homepage, timezone=spec.timezone, endpoints=spec.endpoints)
    with error_console().status("Reading sitemaps") as line:
        async with working(desk, flow="backfill", command=f"dateline backfill {slug}") as workplace:
            return await queue_past(workplace, source, window, lambda now: line.update(_line(now)))


def _line(report: BackfillReport) -> str:
    return (
        f"{counted(report.sitemaps, 'sitemap')} read, {report.waiting:,} to go: "
        f"{counted(report.in_window, 'article')} in the window, {report.queued:,} new"
    )


def _print(report: BackfillReport) -> None:
    say(_line(report))
    say(f"Left out: {report.outside:,} of another time, {report.undated:,} without a date")
    for problem in report.problems:
        complain(problem)
    if not report.sitemaps:
        say("No sitemap of this source could be read; `dateline sources check` tells what it offers.")
