"""The lead that a page prints between headline and text: its first paragraph, where newsrooms set it apart from the others.

Text extractors leave it out, since it stands outside of the text's box. What the page calls a subtitle is none: the record holds it as
a field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.markup import ancestors, line
from pipeline.extract.surroundings import find_headline, following_texts
from pipeline.extract.titles import is_news, letters
from pipeline.records import Evidence

_LEAST_LETTERS = 50  # of a lead; what is shorter is a subtitle
_BEGINNING = 12  # letters that the first of a lead's text nodes has at least
_CLIMBED = 4  # elements around a text node that may be the lead's block: links and emphasis lie within it
_NAMED = 2  # elements whose names say what a block is: its own and the one around it
# parts of class names by which style sheets call a line under a headline that is not text
_SUBTITLES = ("dek", "subtitle", "sub-title", "sub_title", "subhead", "sub-head", "standfirst", "strapline", "tagline")
_BESIDE = frozenset(["aside", "nav", "footer", "figure", "li", "form", "noscript"])


def find_lead(tree: LexborHTMLParser, title: str, claims: Sequence[Evidence], lines: Sequence[str]) -> str | None:
    """The lead of a news page, as printed; None where it has none, or `lines` (of the text) hold it already.

    A lead is known by what the page states of itself: a block that says what one of its summaries says, to the letter.
    """
    if not is_news(claims):
        return None
    fields = {letters(claim.value) for claim in claims if claim.field == "subtitle"}
    stated = {letters(claim.value) for claim in claims if claim.field == "description"} - fields
    stated = {summary for summary in stated if len(summary) >= _LEAST_LETTERS}
    text = letters("".join(lines)) if stated else ""
    stated = {summary for summary in stated if summary not in text}
    headline = find_headline(tree, title) if stated else None
    if headline is None:
        return None
    return next(_blocks_of(headline, stated, text), None)


def _blocks_of(headline: LexborNode, stated: set[str], text: str) -> Iterator[str]:
    for node in following_texts(headline):
        beginning = letters(node.text_content or "")
        if len(beginning) >= _LEAST_LETTERS and beginning in text:
            return  # the text has begun
        begun = {summary for summary in stated if summary.startswith(beginning)} if len(beginning) >= _BEGINNING else None
        if begun and (block := _block(node, begun)) is not None and _is_text(block):
            yield _printed(block)


def _block(node: LexborNode, stated: set[str]) -> LexborNode | None:
    """The element around a text node that says one of `stated`."""
    for around, _ in zip(ancestors(node), range(_CLIMBED), strict=False):
        said = letters(around.text_lexbor())
        if said in stated:
            return around
        if not any(summary.startswith(said) for summary in stated):
            return None
    return None


def _printed(block: LexborNode) -> str:
    return line(block) if block.css_first("br") is not None else " ".join(block.text_lexbor().split())


def _is_text(block: LexborNode) -> bool:
    around = [block, *ancestors(block)]
    names = " ".join((node.attributes.get("class") or "").lower() for node in around[:_NAMED])
    return not any(name in names for name in _SUBTITLES) and all(node.tag not in _BESIDE for node in around)
