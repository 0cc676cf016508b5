"""`dateline copies`: who else printed a story, who was first, and what is different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.database import open_desk
from cli.options import JsonFlag
from cli.output import console, counted, moment, print_json, print_table, printable, say
from pipeline.dedupe.worddiff import Span, changes_in, word_diff
from pipeline.store.copies import Copies, Side, StoryCopy
from pipeline.store.reading import Reader

app = typer.Typer(add_completion=False)

_SHOWN = 60  # characters of a paragraph in which nothing differs
_KEY = typer.Argument(metavar="ID|URL", help="The article's id, the beginning of it, or any of its addresses.")


@app.command()
def copies(
    ctx: typer.Context,
    key: Annotated[str, _KEY],
    beside: Annotated[str | None, typer.Option("--beside", metavar="ID|URL", help="Compare with this one instead of the origin.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show an article's copies: who printed it first, the credited agency, how near each is, and the difference side by side."""
    with open_desk(ctx) as desk:
        found = Reader(desk.engine).copies(key, beside=beside)
    if as_json:
        print_json({**asdict(found), "agencies": found.agencies, "changes": _changes(found)})
        return
    _print_story(found)
    print_table(
        "Passages in common with other stories",
        ("id", "source", "of the shorter", "title"),
        [(str(one.article_id), one.source, f"{one.containment:.0%}", one.title) for one in found.passages],
    )
    if found.sides:
        _print_sides(*found.sides)


def _changes(found: Copies) -> object:
    return changes_in(word_diff(found.sides[0].body, found.sides[1].body)) if found.sides else None


def _print_story(found: Copies) -> None:
    if found.story is None:
        say("No copy of it is known.")
        return
    first = found.copies[0]
    say(f"{counted(found.story.articles, 'article')} of {counted(found.story.outlets, 'outlet')} tell this story", style="bold")
    say(f"First printed by {first.source_name}, {moment(first.out_at)}")
    say(f"Credited: {', '.join(found.agencies) or 'nobody'}")
    columns = ("id", "out", "later", "source", "kind", "triples", "of the shorter", "words", "title")
    print_table("Copies, beside the origin", columns, [_row(one, found) for one in found.copies])


def _row(one: StoryCopy, found: Copies) -> tuple[object, ...]:
    is_origin = found.story is not None and one.article_id == found.story.origin_id
    scores = (
        (one.kind, _percent(one.jaccard), _percent(one.containment)) if one.kind else ("origin" if is_origin else "through others", "", "")
    )
    return (
        str(one.article_id),
        moment(one.out_at)[:16],
        "" if is_origin else _later(one.delay),
        one.source,
        *scores,
        one.word_count,
        one.title,
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _later(delay: timedelta) -> str:
    minutes = round(delay.total_seconds() / 60)
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    return f"{sign}{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{sign}{minutes} min"


def _print_sides(left: Side, right: Side) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True, header_style="bold")
    for side in (left, right):
        table.add_column(Text(printable(f"{side.source_name} ({side.article_id})")), ratio=1, overflow="fold")
    for title_and_body in (word_diff(left.title, right.title), word_diff(left.body, right.body)):
        for row in _paragraphs(title_and_body):
            table.add_row(*row)
    say()
    console().print(table)


def _paragraphs(spans: tuple[Span, ...]) -> Iterator[tuple[Text, Text]]:
    """Rows of two cells; a row ends where both texts begin a new line."""
    left, right, changed = Text(), Text(), False
    for span in spans:
        if span.changed:
            _append(left, span.old, "red", ("[-", "-]"))
            _append(right, span.new, "green", ("{+", "+}"))
            changed = True
            continue
        first, *more = span.new.split("\n")
        left.append(printable(first))
        right.append(printable(first))
        for line in more:
            yield _cells(left, right, changed=changed)
            left, right, changed = Text(printable(line)), Text(printable(line)), False
    yield _cells(left, right, changed=changed)


def _append(cell: Text, text: str, style: str, marks: tuple[str, str]) -> None:
    if text:
        shown = printable(text).strip("\n")
        cell.append(shown if console().is_terminal else f"{marks[0]}{shown}{marks[1]}", style=style)


def _cells(left: Text, right: Text, *, changed: bool) -> tuple[Text, Text]:
    if not changed and len(left) > _SHOWN:
        left, right = Text(left.plain[:_SHOWN] + " …", style="dim"), Text(right.plain[:_SHOWN] + " …", style="dim")
    return left, right
