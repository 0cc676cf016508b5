"""`dateline extract`: what the extractor makes of one page, and why."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.context import settings_of
from cli.database import Desk, open_desk
from cli.explanation import print_explained, print_record
from cli.options import JsonFlag, parse_language, parse_zone
from cli.output import error_console, print_json, say
from cli.runs import working
from pipeline.errors import UnknownItemError, WrongItemError
from pipeline.records import Respect, SourceFacts
from pipeline.settings import Settings
from pipeline.steps.examine import Examined, examine_archived, examine_fetched, examine_file
from pipeline.steps.furniture import read_snapshots
from pipeline.steps.workshop import Workshop
from pipeline.store.pages import Pages, StoredPage
from pipeline.store.reading import Reader
from pipeline.urls import normalise, origin

app = typer.Typer(add_completion=False)

_NO_ADDRESS = "https://file.invalid/page.html"  # not a home page's: that would be refused as a list


@app.command()
def extract(
    ctx: typer.Context,
    *,
    target: Annotated[str, typer.Argument(metavar="URL|FILE|ID", help="An address, a saved page, or an article's id.")],
    explain: Annotated[bool, typer.Option("--explain", help="Tell what each rule removed and what each fact was chosen from.")] = False,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch the page now, though it is in the archive.")] = False,
    url: Annotated[str | None, typer.Option("--url", metavar="URL", help="The address that a file came from.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="TAG", parser=parse_language, help="What a file's source is written in.")
    ] = None,
    timezone: Annotated[
        str, typer.Option("--timezone", metavar="ZONE", parser=parse_zone, help="Where a file's source prints its dates.")
    ] = "UTC",
    as_json: JsonFlag = False,
) -> None:
    """Extract one page with the extractor of today, and store nothing.

    A page that Dateline has met comes from the archive, with what feeds said of it; another one is fetched, politely.
    """
    file = Path(target)
    if not target.startswith(("http://", "https://")) and file.is_file():
        if fetch:
            raise typer.BadParameter(f"{target} is a file, and nothing is fetched for one", param_hint="--fetch")
        source = _unknown_source(url or _NO_ADDRESS, language=language, timezone=timezone)
        examined = asyncio.run(_examine_file(settings_of(ctx), file.read_bytes(), str(file), source))
    else:
        _check_target(target)
        with open_desk(ctx) as desk:
            examined = asyncio.run(_examine(desk, target, fetch=fetch))
    if as_json:
        print_json(examined if explain else {"origin": examined.origin, "result": examined.explained.result})
        return
    say(f"Read from {examined.origin}", style="dim")
    if explain:
        print_explained(examined)
    else:
        print_record(examined.explained.result)


async def _examine_file(settings: Settings, body: bytes, name: str, source: SourceFacts) -> Examined:
    async with Workshop(settings) as workshop:
        return await examine_file(workshop, settings, body, name, source=source, now=datetime.now(UTC))


async def _examine(desk: Desk, target: str, *, fetch: bool) -> Examined:
    stored = _find(desk, target)
    if stored is not None and stored.place is not None and not fetch:
        async with Workshop(desk.settings, snapshots=read_snapshots(desk.settings, desk.engine)) as workshop:
            return await examine_archived(workshop, desk.settings, stored)
    url = normalise(target) if stored is None else stored.url
    source = stored.source if stored else Pages(desk.engine).source_of(url) or _unknown_source(url, language=None, timezone="UTC")
    with error_console().status(f"Fetching {url}"):
        async with working(desk, flow="extract", command="dateline extract") as workplace:
            return await examine_fetched(workplace, url, source)


def _check_target(target: str) -> None:
    """Raises UnknownItemError for what is neither an address nor an id, WrongItemError for a folder."""
    if target.startswith(("http://", "https://")) or (target.isascii() and target.isdigit()):
        return
    if Path(target).is_dir():
        raise WrongItemError(f"{target} is a folder: name a saved page in it")
    raise UnknownItemError(f"{target}: no such file, and neither a URL (http://…, https://…) nor an article's id")


def _find(desk: Desk, target: str) -> StoredPage | None:
    """What is stored of a URL or an article's id. Raises UnknownItemError for an id that is none."""
    if target.startswith(("http://", "https://")):
        return Pages(desk.engine).of_url(target)
    return Pages(desk.engine).of_article(Reader(desk.engine).article(target).article.article_id)


def _unknown_source(url: str, *, language: str | None, timezone: str) -> SourceFacts:
    url = normalise(url)
    return SourceFacts(source_id=0, slug=origin(url), homepage=url, language=language, timezone=timezone, respect=Respect.NONE)
