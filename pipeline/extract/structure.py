"""What the lines of a text were on the page, headings, quotes, items of lists, rows of tables; and the text as Markdown (CommonMark, GFM).

The plain body and its Markdown are made of the same lines, so what is cut out of one is cut out of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from lxml.etree import _Element

ITEM = "- "  # begins an item of a list, in plain lines too
CELL = "|"  # begins a row of a table
_RULE = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+")  # what a text extractor draws under a table's head
_SPECIAL = re.compile(r"([\\`*_<])")
_OPENS_BLOCK = re.compile(r"(?=[#>|~]|[-+*](?:\s|$)|={3,}|-{3,})")  # at a line's start these would make it no paragraph
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_TOP_LEVEL = 2  # `#` is the title, which stands in its own column


class Kind(Enum):
    """What a line is; lines of one of the last three kinds that follow each other are one block."""

    PARAGRAPH = auto()
    HEADING = auto()
    QUOTE = auto()
    ITEM = auto()
    ROW = auto()


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What a text's tree says of its lines, by their words; lists and tables show in the lines themselves."""

    headings: dict[str, int] = field(default_factory=dict)  # to the level, 2..6
    quotes: frozenset[str] = frozenset()
    numbers: dict[str, int] = field(default_factory=dict)  # of items in numbered lists, from 1


def read_structure(body: _Element) -> Structure:
    """The structure of a text in the extractor's vocabulary (TEI-like: head, quote, list, item)."""
    quotes = {line for quote in body.iter("quote") for text in quote.itertext() for line in map(_words, text.split("\n")) if line}
    quotes |= {line for quote in body.iter("quote") if (line := _words("".join(quote.itertext())))}
    numbered = (listed for listed in body.iter("list") if listed.get("rend") == "ol")
    return Structure(
        headings={words: _level(head) for head in body.iter("head") if (words := _words("".join(head.itertext())))},
        quotes=frozenset(quotes),
        numbers={
            words: number
            for listed in numbered
            for number, item in enumerate(listed.findall("item"), 1)
            if (words := _words("".join(item.itertext())))
        },
    )


def is_rule(line: str) -> bool:
    """Whether a line only divides a table's head from its rows: no text."""
    return _RULE.fullmatch(line) is not None


def to_markdown(lines: Sequence[str], structure: Structure) -> str:
    """The lines as Markdown: blocks, separated by one blank line."""
    return "\n\n".join("\n".join(block) for block in _blocks(lines, structure))


def _blocks(lines: Sequence[str], structure: Structure) -> Iterator[list[str]]:
    block: list[str] = []
    last = Kind.PARAGRAPH
    for line in lines:
        kind = kind_of(line, structure)
        if block and not (kind is last and kind in {Kind.QUOTE, Kind.ITEM, Kind.ROW}):
            yield block
            block = []
        block += _rendered(line, kind, structure, first=not block)
        last = kind
    if block:
        yield block


def kind_of(line: str, structure: Structure) -> Kind:
    """What a line of the text is."""
    if line.startswith(ITEM):
        return Kind.ITEM
    if line.startswith(CELL):
        return Kind.ROW
    if not structure.headings and not structure.quotes:
        return Kind.PARAGRAPH
    words = _words(line)
    if words in structure.headings:
        return Kind.HEADING
    return Kind.QUOTE if words in structure.quotes else Kind.PARAGRAPH


def _rendered(line: str, kind: Kind, structure: Structure, *, first: bool) -> list[str]:
    """A line of its block; a table's first row is its head, because Markdown knows no other."""
    match kind:
        case Kind.HEADING:
            return [f"{'#' * structure.headings[_words(line)]} {_escaped(line)}"]
        case Kind.QUOTE:
            return [*([] if first else [">"]), f"> {_paragraph(line)}"]
        case Kind.ITEM:
            text = line.removeprefix(ITEM)
            number = structure.numbers.get(_words(text))
            return [f"{f'{number}. ' if number else ITEM}{_paragraph(text)}"]
        case Kind.ROW:
            row = _escaped(line if line.endswith(CELL) else f"{line} {CELL}")
            return [row, CELL + f" --- {CELL}" * max(1, row.count(CELL) - 1)] if first else [row]
        case Kind.PARAGRAPH:
            return [_paragraph(line)]


def _paragraph(text: str) -> str:
    """A line that stays a paragraph, whatever it begins with."""
    escaped = _escaped(text)
    if _OPENS_BLOCK.match(escaped):
        return f"\\{escaped}"
    return _NUMBERED.sub(r"\1\\\2", escaped, count=1)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _level(head: _Element) -> int:
    rend = head.get("rend") or ""
    return max(_TOP_LEVEL, int(rend[1])) if re.fullmatch("h[1-6]", rend) else 3


def _words(text: str) -> str:
    return " ".join(text.split())
