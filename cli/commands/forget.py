"""`dateline forget`: removes what is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.database import Desk, open_desk
from cli.options import Yes
from cli.output import counted, say
from pipeline.errors import UnknownItemError
from pipeline.steps.upkeep import wipe_forgotten
from pipeline.store.explain import Explainer, answer
from pipeline.store.forgetting import Forgetting, Forgotten
from pipeline.store.reading import Reader
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)


@app.command()
def forget(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|SOURCE", help="An address, or the slug of a source.")],
    reason: Annotated[str, typer.Option("--reason", help="Kept with the tombstone.")] = "asked for",
    yes: Yes = False,
) -> None:
    """Remove a URL with its article and all versions, or everything of a source: rows, texts, and the responses in the archive.

    A tombstone stays, so that it is never fetched again. A source is retired first. There is no way back.
    """
    with open_desk(ctx) as desk:
        is_url = "://" in what
        say(_question_url(desk, what) if is_url else _question_source(desk, what))
        if not yes:
            typer.confirm("Forget it for good?", abort=True)
        forgetting = Forgetting(desk.engine)
        done = forgetting.url(what, reason=reason) if is_url else _forget_source(desk, forgetting, what, reason)
        wiped = wipe_forgotten(forgetting, desk.settings.archive_root, now=datetime.now(UTC))
    removed = f"{counted(done.urls, 'URL')}, {counted(len(done.articles), 'article')}"
    say(f"Forgotten: {removed}; {counted(wiped, 'response')} wiped from the archive.")


def _question_url(desk: Desk, url: str) -> str:
    return answer(Explainer(desk.engine).why(url))


def _question_source(desk: Desk, slug: str) -> str:
    found = next((row for row in Reader(desk.engine).ledger_by_source() if row.source == slug), None)
    if found is None:
        raise UnknownItemError(f"source {slug}; `dateline sources list` names them, and a URL begins with http:// or https://")
    return f"The source {slug} has {found.discovered:,} URLs and {found.articles:,} articles."


def _forget_source(desk: Desk, forgetting: Forgetting, slug: str, reason: str) -> Forgotten:
    sources = Sources(desk.engine)
    if slug in {spec.slug for spec in sources.all()}:
        sources.retire(slug)
    return forgetting.source(slug, reason=reason)
