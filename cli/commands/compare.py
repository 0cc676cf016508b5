"""`dateline compare`: what another extractor would change, before it is let loose on the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from cli.database import Desk, open_desk
from cli.options import JsonFlag
from cli.output import counted, print_json, print_table, say
from cli.rebuilding import rebuild
from cli.resultfile import readings_in
from pipeline.errors import UnknownItemError
from pipeline.steps.compare import Change, Comparison, Reading, compare
from pipeline.steps.readings import read_both
from pipeline.steps.reextract import Sample
from pipeline.store.reextracting import RebuildFilter, Rebuilt, Reextraction, Rewritten
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False)

_STORED, _CURRENT = "stored", "current"
_SHOWN = 20  # articles that one would refuse


@app.command(name="compare")
def compare_(
    ctx: typer.Context,
    *,
    old: Annotated[str, typer.Argument(metavar="OLD", help="`stored` (the rows), or a file of `reextract --output`.")] = _STORED,
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="`current` (the extractor of today), or, where OLD is a file, another one.")
    ] = _CURRENT,
    source: Annotated[str | None, typer.Option("--source", metavar="SLUG", help="Articles of this source only.")] = None,
    extractor: Annotated[
        str | None, typer.Option("--extractor", metavar="NAME", help="Only rows whose extractor's name begins with this.")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=1, help="At most so many articles; the same at each call.")] = 500,
    examples: Annotated[int, typer.Option("--examples", min=0, help="At most so many of each field.")] = 3,
    as_json: JsonFlag = False,
) -> None:
    """Tell what another extractor would change, by source and field, over a fair sample of the archive. Nothing is stored.

    `dateline compare` holds the stored rows against the extractor of today, `dateline compare FILE` a file. Two versions of the code are
    compared by the files that `dateline reextract --dry-run --output FILE` writes with each: `dateline compare FILE FILE`.
    """
    _check_sides(old, new)
    before = None if old == _STORED else _of_source(old, source, None if new == _CURRENT else sample)  # before minutes go to the archive
    if before is not None and new != _CURRENT:
        comparison = compare(before, _file(new, source), most_examples=examples)
    else:
        wanted = Sample(wanted=RebuildFilter(source=source, extractor=extractor), current_too=before is not None, most=sample)
        with open_desk(ctx) as desk:
            if source is not None:
                Sources(desk.engine).check_known(source)
            pairs = asyncio.run(_pairs(desk, wanted))
        stored = {was.article_id: was for was, _ in pairs}
        comparison = compare(stored if before is None else before, (now for _, now in pairs), most_examples=examples)
    if as_json:
        print_json({**vars(comparison), "by_field": comparison.by_field, "mean_similarity": comparison.mean_similarity})
    else:
        _print(comparison)


async def _pairs(desk: Desk, sample: Sample) -> list[tuple[Reading, Reading]]:
    store = Reextraction(desk.engine)
    pairs: list[tuple[Reading, Reading]] = []

    def take(rebuilt: Sequence[Rebuilt]) -> Sequence[Rewritten]:
        pairs.extend(read_both(store, rebuilt))
        return store.compare(rebuilt)

    await rebuild(desk, sample, take)
    return pairs


def _check_sides(old: str, new: str) -> None:
    """Raise typer.BadParameter for sides that can't be compared, UnknownItemError for a file that is not there."""
    if old == _CURRENT:
        raise typer.BadParameter("`current` is NEW only: `dateline compare FILE` holds it against a file", param_hint="OLD")
    for side, own in ((old, _STORED), (new, _CURRENT)):
        if side != own:
            _result_file(side)
    if old == _STORED and new != _CURRENT:
        raise typer.BadParameter(
            "the rows are compared with `current` only; a file is held against `current` or another one", param_hint="NEW"
        )


def _result_file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        hint = "a version of the code is compared by the file that its `dateline reextract --dry-run --current-too --output FILE` writes"
        raise UnknownItemError(f"{name}: no such file, and neither `{_STORED}` nor `{_CURRENT}`; {hint}")
    return path


def _file(name: str, source: str | None) -> Iterator[Reading]:
    path = _result_file(name)
    return (reading for reading in readings_in(path) if source in (None, reading.source))


def _of_source(name: str, source: str | None, most: int | None) -> dict[int, Reading]:
    """A file's readings by key; of a long file the first `most`. Raises UnknownItemError where it has none of the source."""
    found = {reading.article_id: reading for reading in islice(_file(name, source), most)}
    if source is not None and not found:
        raise UnknownItemError(f"source {source} in {name}")
    return found


def _print(found: Comparison) -> None:
    if not found.compared:
        say("Nothing to compare: every row is up to date, or the two have no article in common.")
        return
    for side in ("old", "new"):
        for name, count in found.extractors[side].most_common(3):
            say(f"{side}: {name} ({counted(count, 'article')})", style="dim")
    rows = [(name, *(counts[change] for change in Change)) for name, counts in sorted(found.by_field.items())]
    print_table(f"{counted(found.compared, 'article')} compared", ("field", *(change.value for change in Change)), rows)
    if found.mean_similarity is not None:
        far = counted(found.texts_far, "text")
        say(f"Texts that differ share {found.mean_similarity:.1%} of their words on average; {far} less than 90 %.")
    by_source = [
        (source, name, *(counts[change] for change in Change))
        for source, fields in sorted(found.counts.items())
        for name, counts in sorted(fields.items())
        if counts[Change.EQUAL] < counts.total()
    ]
    print_table("\nBy source, where something differs", ("source", "field", *(change.value for change in Change)), by_source)
    for title, refusals in (("\nRefused by the new one", found.refused), ("\nAccepted by the new one", found.accepted)):
        print_table(title, ("source", "url", "old", "new"), [(one.source, one.url, one.old, one.new) for one in refusals[:_SHOWN]])
    for name, examples in sorted(found.examples.items()):
        print_table(
            f"\n{name}: for example", ("source", "url", "old", "new"), [(one.source, one.url, one.old, one.new) for one in examples]
        )
