"""The article's text out of a slim page: trafilatura's fast path, or its full path where a cheap second reading misses text."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from lxml.etree import _Element
from selectolax.lexbor import LexborHTMLParser
from trafilatura import bare_extraction
from trafilatura.settings import Document

from pipeline.extract import markup, rescue
from pipeline.extract.structure import Structure, is_rule, read_structure

# Share of the page's long paragraphs under which the fast path's text counts as cut; .55–.9 differ by less than .001 F1 (651 pages),
# .7 sends 8 % of pages through the full path.
CUT_BELOW = 0.7
WHOLE = 0.9  # share of a broken body's prose from which on a text counts as whole
UNRELIABLE = 300  # a page with fewer characters in paragraphs does not use them: only the full path reads it
_INDENT = re.compile(r"[ \t\xa0]+")

# trafilatura logs every page that gives no text as an error; the caller names that outcome itself
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text's lines (paragraphs, headings, list items, table rows) in order, and what they were on the page."""

    lines: tuple[str, ...]
    structure: Structure


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What the text extractor made of a page; no body where it found nothing."""

    text: str = ""
    body: _Element | None = None


def find_text(tree: LexborHTMLParser, slim: str, url: str) -> Text:
    """The text of a page. `slim` is the page as `tree` holds it."""
    best = _best_reading(tree, slim, url)
    lines = (line for raw in best.text.split("\n") if (line := _INDENT.sub(" ", raw).strip()))
    return Text(
        lines=tuple(line for line in lines if not is_rule(line)),
        structure=read_structure(best.body) if best.body is not None else Structure(),
    )


def _best_reading(tree: LexborHTMLParser, slim: str, url: str) -> _Reading:
    prose = markup.prose_length(tree)
    fast = _read(slim, url, fast=True)
    found = len(fast.text)
    if found < WHOLE * prose and (pieces := rescue.find_pieces(tree)) and found < WHOLE * pieces.prose:
        again = _read(f'<html><body><article itemprop="articleBody">{pieces.holder.html}</article></body></html>', url, fast=True)
        if len(again.text) > max(found, WHOLE * pieces.prose):
            return again
    if prose >= UNRELIABLE and found >= CUT_BELOW * prose:
        return fast
    full = _read(slim, url, fast=False)
    return full if prose < UNRELIABLE or len(full.text) > found else fast


def _read(slim: str, url: str, *, fast: bool) -> _Reading:
    document = bare_extraction(slim, url=url, fast=fast, include_comments=False, with_metadata=False)
    return _Reading(text=document.text or "", body=document.body) if isinstance(document, Document) else _Reading()
