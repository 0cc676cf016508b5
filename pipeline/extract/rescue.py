"""Finds the rest of a body that advertisements or boxes break into pieces: a text extractor takes the first piece for the whole.

Works on the slim page, after the text was read, and only where that reading misses prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.markup import ancestors

MIN_PARAGRAPH = 60  # characters from which on a paragraph counts as prose
PIECES_SHARE = 0.5  # of the page's prose, held by the pieces of its body at least
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
    prose = [(node, length) for node in tree.css("p") if (length := len(node.text_lexbor().strip())) >= MIN_PARAGRAPH]
    weights: dict[int, int] = {}
    boxes: dict[int, LexborNode] = {}
    for paragraph, length in prose:
        if (box := paragraph.parent) is not None:
            boxes[box.mem_id] = box
            weights[box.mem_id] = weights.get(box.mem_id, 0) + length
    kinds: dict[tuple[str, ...], list[int]] = {}
    for key, box in boxes.items():
        kinds.setdefault(_kind(box), []).append(key)
    if not kinds:
        return None
    pieces = max(kinds.values(), key=lambda keys: sum(map(weights.__getitem__, keys)))
    held = sum(map(weights.__getitem__, pieces))
    if len(pieces) < 2 or held < PIECES_SHARE * sum(weights.values()):
        return None
    holder = _around([boxes[key] for key in pieces])
    if holder is None or len(holder.css("h1")) > 1 or len(holder.css("article")) > 1:
        return None
    return Pieces(holder=holder, prose=held)


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
