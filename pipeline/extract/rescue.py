"""Finds the rest of a body that advertisements or boxes break into pieces.

A text extractor takes one of them for the whole, or leaves one out. Works on the slim page, after the text was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.markup import ancestors
from pipeline.extract.titles import letters

MIN_PARAGRAPH = 60  # characters from which on a paragraph counts as prose
PIECES_SHARE = 0.5  # of the page's prose, held by the pieces of its body at least
LEFT_OUT_SHARE = 0.1  # of the prose in the pieces that were read, held by those that were not
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """A body in pieces: the innermost element that holds them all, and the characters of prose in them."""

    holder: LexborNode
    prose: int


def find_pieces(tree: LexborHTMLParser) -> Pieces | None:
    """The pieces of the page's body; None for a body in one piece.

    Pieces are boxes of one kind (by tag and leading class names, their own and their parent's) that hold most of the page's
    prose. Texts under headlines of their own are other articles, not pieces.
    """
    boxes = _boxes_of_prose(tree)
    pieces = max(_by_kind(boxes), key=_prose, default=())
    held = _prose(pieces)
    if len(pieces) < 2 or held < PIECES_SHARE * _prose(boxes):
        return None
    holder = _around([box.node for box in pieces])
    if holder is None or len(holder.css("h1")) > 1 or len(holder.css("article")) > 1:
        return None
    return Pieces(holder=holder, prose=held)


def find_left_out(tree: LexborHTMLParser, text: str) -> Pieces | None:
    """The pieces of the body that `text` was read of, where it lacks one or more of them from end to end; None where it lacks none.

    They are of the kind that most of the text stands in. What holds them all has no headline and no article in it: else what is
    missing may be of another article.
    """
    kinds = [pieces for pieces in _by_kind(_boxes_of_prose(tree)) if len(pieces) > 1 and 2 * _prose(pieces) >= len(text)]
    read = letters(text) if kinds else ""
    for pieces in kinds:
        there = [piece for piece in pieces if any(letters(paragraph) in read for paragraph in piece.paragraphs)]
        found, held = _prose(there), _prose(pieces)
        if 2 * found >= len(text) and held - found >= LEFT_OUT_SHARE * found:
            holder = _around([piece.node for piece in pieces])
            if holder is not None and holder.css_first("h1, article") is None:
                return Pieces(holder=holder, prose=held)
    return None


@dataclass(frozen=True, kw_only=True)
class _Box:
    """What paragraphs of prose stand in, and those paragraphs."""

    node: LexborNode
    paragraphs: tuple[str, ...]


def _boxes_of_prose(tree: LexborHTMLParser) -> tuple[_Box, ...]:
    paragraphs: dict[int, list[str]] = {}
    nodes: dict[int, LexborNode] = {}
    for paragraph in tree.css("p"):
        text = paragraph.text_lexbor().strip()
        if len(text) >= MIN_PARAGRAPH and (box := paragraph.parent) is not None:
            nodes[box.mem_id] = box
            paragraphs.setdefault(box.mem_id, []).append(text)
    return tuple(_Box(node=node, paragraphs=tuple(paragraphs[key])) for key, node in nodes.items())


def _by_kind(boxes: Sequence[_Box]) -> tuple[tuple[_Box, ...], ...]:
    kinds: dict[tuple[str, ...], list[_Box]] = {}
    for box in boxes:
        kinds.setdefault(_kind(box.node), []).append(box)
    return tuple(map(tuple, kinds.values()))


def _prose(boxes: Sequence[_Box]) -> int:
    return sum(len(paragraph) for box in boxes for paragraph in box.paragraphs)


def _around(boxes: Sequence[LexborNode]) -> LexborNode | None:
    """The innermost element around all of `boxes`; None where only the page itself is."""
    counts: dict[int, int] = {}
    for box in boxes:
        for node in ancestors(box):
            counts[node.mem_id] = counts.get(node.mem_id, 0) + 1
    around = next((node for node in ancestors(boxes[0]) if counts[node.mem_id] == len(boxes)), None)
    return around if around is not None and around.tag not in {"body", "html"} else None


def _kind(box: LexborNode) -> tuple[str, ...]:
    return (box.tag or "", *_leading_names(box), *(_leading_names(box.parent) if box.parent is not None else ()))


def _leading_names(node: LexborNode) -> tuple[str, ...]:
    """The first two class names, without their numbers: pieces may be counted."""
    return tuple(_DIGITS.sub("", name) for name in (node.attributes.get("class") or "").split()[:2])
