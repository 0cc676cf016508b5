"""`dateline why`: everything known of one URL."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import command_line
from cli.database import open_desk
from cli.options import JsonFlag
from cli.output import counted, moment, print_json, print_table, say
from pipeline.store.explain import Explainer, answer
from pipeline.store.retrying import RETRYABLE
from pipeline.store.rows import Explanation

app = typer.Typer(add_completion=False)


@app.command()
def why(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address, in any form.")],
    as_json: JsonFlag = False,
) -> None:
    """Tell everything known of one URL: where it was seen, every request, what each attempt came to, its row."""
    with open_desk(ctx) as desk:
        found = Explainer(desk.engine).why(url)
    if as_json:
        print_json({"answer": answer(found), **vars(found)})
        return
    say(found.url, style="bold")
    say(answer(found))
    if found.known and found.known.outcome in RETRYABLE:
        say(f"`{command_line('retry URL', demo=ctx.obj.demo)}` takes it up again.")
    _print_facts(found)
    _print_history(found)


def _print_facts(found: Explanation) -> None:
    known, article, polled = found.known, found.article, found.polled_as
    if polled:
        last = f"{moment(polled.last_polled_at)}: {polled.last_status}" if polled.last_polled_at else "not polled yet"
        say(f"Polled as {polled.kind} of {polled.source}; {last}")
    if known:
        say(f"Found {moment(known.first_seen_at)} for {known.source} by run {known.first_run or 'unknown'}")
        say(f"{counted(known.claims, 'claim')}, {counted(known.tries, 'failed try', 'failed tries')}")
        if known.redirected_from:
            say(f"Redirected from {', '.join(known.redirected_from)}")
    if article:
        say(f"Article {article.article_id} of {article.source}: {article.title}")
        say(f"  {article.language or 'language unknown'}, {article.word_count:,} words, revision {article.revision_no}, {article.status}")
    if found.recheck:
        say(f"Looked at again {moment(found.recheck.due_at)}, after {found.recheck.checks} checks")


def _print_history(found: Explanation) -> None:
    print_table(
        "Seen on",
        ("first", "last", "taken out", "kind", "endpoint", "title there"),
        [(row.first_seen_at, row.last_seen_at, row.left_at, row.kind, row.endpoint, row.title) for row in found.sightings],
    )
    print_table(
        "Attempts",
        ("at", "purpose", "outcome", "detail", "run"),
        [(row.at, row.purpose, row.outcome, row.detail, row.run_id) for row in found.attempts],
    )
    print_table(
        "Requests",
        ("at", "purpose", "url", "answer", "bytes", "ms"),
        [(row.at, row.purpose, row.url, row.error or row.status, row.size, row.total_ms) for row in found.fetches],
    )
    print_table(
        "Archived",
        ("at", "status", "file", "offset", "length"),
        [(row.captured_at, row.status, row.warc_file, row.warc_offset, row.warc_length) for row in found.captures],
    )
