"""`dateline retry`: refused URLs are taken up again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer

from cli.context import command_line
from cli.database import Desk, open_desk
from cli.options import JsonFlag, parse_moment
from cli.output import counted, error_console, print_json, print_table, say
from pipeline.errors import UnknownItemError
from pipeline.records import Outcome
from pipeline.store.database import database_now
from pipeline.store.explain import Explainer, answer
from pipeline.store.retrying import RETRYABLE, RefusedUrl, RetryFilter, Retrying
from pipeline.store.sources import Sources
from pipeline.urls import normalise

app = typer.Typer(add_completion=False)


def _parse_refusal(text: str) -> Outcome:
    """An outcome that can be taken up again. Raises typer.BadParameter."""
    if text not in RETRYABLE:
        raise typer.BadParameter(f"{text} is no refusal: {', '.join(RETRYABLE)}")
    return Outcome(text)


@app.command()
def retry(
    ctx: typer.Context,
    *,
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL", help="Addresses, in any form.")] = None,
    outcome: Annotated[
        list[Outcome] | None,
        typer.Option("--outcome", metavar="OUTCOME", parser=_parse_refusal, help="Refused so: too_short; may be given several times."),
    ] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="SLUG", help="Of those, this source's only.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="DATE", parser=parse_moment, help="Of those, refused at this moment or later (UTC)."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", metavar="DATE", parser=parse_moment, help="Of those, refused before it (UTC).")
    ] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch pages anew, those that lie in the archive too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be taken up.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Take refused URLs up again: after an update that reads more, with a new rule for their site, or when a publisher has let us in.

    Name URLs, or their outcomes with `--outcome`; the other options only leave some of those out. They go back to the queue, behind all
    news. The response that a page was refused for is read again where it lies in the archive, with no request; the others are fetched.
    """
    if not urls and not outcome:
        raise typer.BadParameter("name URLs, or the outcomes of those that are wanted: --outcome too_short", param_hint="URL")
    outcomes = tuple(outcome or RETRYABLE)
    addresses = tuple(normalise(url) for url in urls) if urls else None
    wanted = RetryFilter(outcomes=outcomes, urls=addresses, source=source, since=since, until=until)
    with open_desk(ctx) as desk:
        _check(desk, wanted)
        taken = _take(desk, wanted, fetch=fetch, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "urls": taken.total(), "taken": [_facts(key, count) for key, count in sorted(taken.items())]})
        return
    print_table("", ("source", "refused as", "page", "URLs"), [(*key, count) for key, count in sorted(taken.items())])
    say(f"{'It would be: ' if dry_run else ''}{counted(taken.total(), 'URL')} taken up again.")
    if taken and not dry_run:
        say(f"They are worked by the scheduled runs, or by `{command_line('ingest', demo=ctx.obj.demo)}`.")


def _check(desk: Desk, wanted: RetryFilter) -> None:
    """Raise UnknownItemError for a source that is not there, or a URL that is not refused."""
    if wanted.source is not None:
        Sources(desk.engine).source_id(wanted.source)  # UnknownItemError
    for url in wanted.urls or ():
        found = Explainer(desk.engine).why(url)
        if found.known is None or found.known.outcome not in RETRYABLE:
            raise UnknownItemError(f"refused URL {url}: {answer(found)}")


def _take(desk: Desk, wanted: RetryFilter, *, fetch: bool, dry_run: bool) -> Counter[tuple[str, str, str]]:
    """Take up what is wanted; how many URLs, by source, outcome and where the page comes from."""
    retrying, now, taken = Retrying(desk.engine), database_now(desk.engine), Counter[tuple[str, str, str]]()
    with error_console().status("Looking for refused URLs") as line:
        for found in retrying.refused(wanted):
            chosen = [replace(one, capture_id=None) for one in found] if fetch else list(found)
            reopened = {one.url_id for one in chosen} if dry_run else retrying.reopen(chosen, now=now)
            taken.update(_kind(one) for one in chosen if one.url_id in reopened)
            line.update(f"{counted(taken.total(), 'URL')} so far")
    return taken


def _kind(url: RefusedUrl) -> tuple[str, str, str]:
    return url.source, url.outcome, "to fetch" if url.capture_id is None else "archived"


def _facts(kind: tuple[str, str, str], count: int) -> dict[str, str | int]:
    source, outcome, page = kind
    return {"source": source, "outcome": outcome, "page": page, "urls": count}
