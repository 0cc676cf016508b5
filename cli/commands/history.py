"""`dateline history`: what was changed in an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.database import open_desk
from cli.historypage import REASONS, history_page
from cli.options import JsonFlag
from cli.output import console, counted, moment, note, print_json, printable, say
from cli.outputfile import open_output
from pipeline.dedupe.worddiff import Span, changes_in
from pipeline.store.history import ArticleHistory, VersionRow
from pipeline.store.reading import Reader

app = typer.Typer(add_completion=False)

_AROUND = 70  # characters of unchanged text that are shown on each side of a change


@app.command()
def history(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="ID|URL", help="The article's id, the beginning of it, or any of its addresses.")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page instead, with each version whole.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the page that is there.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show what was changed in an article, word by word."""
    if html is not None and as_json:
        raise typer.BadParameter("it can't be given together with --html", param_hint="--json")
    with open_desk(ctx) as desk:
        found = Reader(desk.engine).history(key)
    if html is not None:
        with open_output(html, overwrite=overwrite) as stream:
            stream.write(history_page(found).encode())
        note(f"{counted(len(found.versions), 'version')} in {html}")
    elif as_json:
        one = found.article
        print_json({"article_id": one.article_id, "url": one.url, "status": one.status, "versions": _versions(found)})
    else:
        _print(found)


def _versions(found: ArticleHistory) -> list[dict[str, Any]]:
    return [
        {**vars(version.row), "title_changes": changes_in(version.title), "body_changes": changes_in(version.body)}
        for version in found.versions
    ]


def _print(found: ArticleHistory) -> None:
    say(found.article.title, style="bold")
    say(f"{found.article.source_name}, {found.article.url}")
    for version in found.versions:
        say()
        say(headline(version.row), style="bold")
        if version.changed:
            for label, spans in (("title", version.title), ("text", version.body)):
                _print_changes(label, spans)
    if len(found.versions) == 1:
        say("No change has been seen.")


def headline(row: VersionRow) -> str:
    """A version in a line: its number, when it was seen, what it is."""
    owned = {None: "", True: ", undisclosed", False: f", owned up to: modified {moment(row.modified_at)}"}[row.undisclosed]
    return f"{row.revision_no}  {moment(row.seen_at)}  {REASONS.get(row.reason, row.reason)}{owned}"


def _print_changes(label: str, spans: Sequence[Span]) -> None:
    if not any(span.changed for span in spans):
        return
    line = Text(f"{label}: ", style="dim")
    marks = not console().is_terminal
    for place, span in enumerate(spans):
        for text, style in _pieces(span, first=place == 0, last=place == len(spans) - 1):
            line.append(_marked(text, style) if marks else text, style=style)
    console().print(line, soft_wrap=True)


def _pieces(span: Span, *, first: bool, last: bool) -> Iterator[tuple[str, str]]:
    if span.changed:
        yield printable(span.old), "red strike"
        yield printable(span.new), "green"
        return
    text = printable(span.new)
    head, tail = 0 if first else _AROUND, 0 if last else _AROUND
    short = len(text) <= head + tail + _AROUND
    yield (text if short else f"{text[:head]} … {text[len(text) - tail :]}"), ""


def _marked(text: str, style: str) -> str:
    if not text or not style:
        return text
    return f"{{+{text}+}}" if style == "green" else f"[-{text}-]"
