"""Leaves out of a text the lines that are known as its outlet's furniture because they return on its pages.

What else returns by nature stays: subheadings ("Pros", "Abstract", "What we know") and the labels of lists, as long as something that
is the article's own follows them, and the rows of tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.blocks import Snapshot, block_of
from pipeline.extract.boilerplate import Cut
from pipeline.extract.structure import ITEM, Kind, Structure, kind_of

RULE = "returns-on-other-pages"
_MOST_SHARE = 0.5  # of a text's characters: a page that is made of what returns (a timetable, a form) is its own content
_COLONS = (":", "：")


def without_recurring(lines: Sequence[str], structure: Structure, snapshot: Snapshot | None) -> tuple[tuple[str, ...], tuple[Cut, ...]]:
    """The lines that are the article's own, and those that were left out. `structure`: what the lines were on the page."""
    if snapshot is None:
        return tuple(lines), ()
    left_out = set(_left_out(lines, structure, snapshot))
    if sum(len(lines[number]) for number in left_out) > _MOST_SHARE * sum(map(len, lines)):
        return tuple(lines), ()
    kept = tuple(line for number, line in enumerate(lines) if number not in left_out)
    return kept, tuple(Cut(rule=RULE, line=lines[number]) for number in sorted(left_out))


def _left_out(lines: Sequence[str], structure: Structure, snapshot: Snapshot) -> Iterator[int]:
    """Numbers of lines, from the last one to the first: whether a heading stays depends on what stays below it."""
    below: str | None = None  # the next line that stays
    for number in reversed(range(len(lines))):
        line = lines[number]
        if block_of(line) in snapshot.blocks and not _introduces(line, below, structure):
            yield number
        else:
            below = line


def _introduces(line: str, below: str | None, structure: Structure) -> bool:
    """Whether a line is a heading of the article's own, a label of its list, or part of a table."""
    kind = kind_of(line, structure)
    if kind is Kind.HEADING:
        return below is not None and kind_of(below, structure) is not Kind.HEADING
    return kind is Kind.ROW or (line.endswith(_COLONS) and below is not None and below.startswith(ITEM))
