"""The article's text out of a slim page: trafilatura's fast path, or its full path where a cheap second reading misses text."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from lxml.etree import _Element
from selectolax.lexbor import LexborHTMLParser, LexborNode
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from pipeline.extract import markup, rescue
from pipeline.extract.flattening import flat_html
from pipeline.extract.frame import find_frame
from pipeline.extract.structure import Structure, is_rule, read_structure

# Share of the page's long paragraphs under which the fast path's text counts as cut; .55–.9 differ by less than .001 F1 (651 pages),
# .7 sends 8 % of pages through the full path.
CUT_BELOW = 0.7
WHOLE = 0.9  # share of a broken body's prose from which on a text counts as whole
# A text under this share of its own frame's prose lacks whole boxes; of 324 pages those under it lay at .2 to .4, none at .4 to .58, and
# from there on it is rightly that boxes are left out.
OF_FRAME = 0.5
UNRELIABLE = 300  # a page with fewer characters in paragraphs does not use them: only the full path reads it
# A page whose frame has fewer characters in paragraphs is read as a whole; so is one whose text is short beside all that it shows: there
# trafilatura 2.3 looks further (its core.py: ESCALATION_MAX_LENGTH and ESCALATION_PAGE_SHARE; main_extractor.py: 3 * MIN_EXTRACTED_SIZE).
_FRAMED = 750
_LOOKS_FURTHER, _LITTLE = 3_000, 0.2
_INDENT = re.compile(r"[ \t\xa0]{2,}|[\t\xa0]")

# made once: it reads a configuration file, of which nothing depends on the page
_FAST, _FULL = (Extractor(output_format="python", fast=fast, comments=False) for fast in (True, False))

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


def find_text(tree: LexborHTMLParser) -> Text:
    """The text of a page that holds nothing any more that can't be text."""
    return _text_of(_best_reading(tree))


def find_text_anywhere(tree: LexborHTMLParser) -> Text:
    """The text as the extractor's full path finds it in the whole page: slower, and for pages that mislead the quick one."""
    return _text_of(_read(tree.html or "", _FULL))


def _text_of(best: _Reading) -> Text:
    lines = (line for raw in best.text.split("\n") if (line := _without_indents(raw).strip()))
    return Text(
        lines=tuple(line for line in lines if not is_rule(line)),
        structure=read_structure(best.body) if best.body is not None else Structure(),
    )


def _without_indents(line: str) -> str:
    return _INDENT.sub(" ", line) if "  " in line or "\t" in line or "\xa0" in line else line


def _best_reading(tree: LexborHTMLParser) -> _Reading:
    prose = markup.prose_length(tree)
    if prose < UNRELIABLE:
        return _read(tree.html or "", _FULL)
    frame = find_frame(tree)
    fast = _read_frame(frame)
    if fast is None or (CUT_BELOW * prose <= len(fast.text) and _looks_further(fast, tree)):
        fast = _read(tree.html or "", _FAST)
    found = len(fast.text)
    if found < WHOLE * prose and (pieces := rescue.find_pieces(tree)) and found < WHOLE * pieces.prose:
        again = _read(alone(pieces.holder.html), _FAST)
        if len(again.text) > max(found, WHOLE * pieces.prose):
            return again
    if whole := _read_boxes_left_out(tree, fast, frame):
        return whole
    if found >= CUT_BELOW * prose:
        return fast
    full = _read(tree.html or "", _FULL)
    return full if len(full.text) > found else fast


def _read_frame(frame: LexborNode | None) -> _Reading | None:
    """What the text's frame holds; None where the page has none, or one with little text."""
    if frame is None or sum(len(node.text_lexbor()) for node in frame.css("p")) < _FRAMED:
        return None
    return _read(f"<html><body>{frame.html}</body></html>", _FAST)


def _looks_further(framed: _Reading, tree: LexborHTMLParser) -> bool:
    """Whether the text extractor might find another text in the whole page than in the text's frame."""
    found = len(framed.text)
    # One run of text is the extractor's last resort; in the page it looks elsewhere first.
    if framed.body is None or len(framed.body) < 2 or found < _FRAMED:
        return True
    return found < _LOOKS_FURTHER and found < _LITTLE * len(markup.line(tree.body))


def _read_boxes_left_out(tree: LexborHTMLParser, fast: _Reading, frame: LexborNode | None) -> _Reading | None:
    """The text with boxes that the first reading left out of it: pieces of its own kind, or more than half of its frame."""
    found = len(fast.text)
    if pieces := rescue.find_left_out(tree, fast.text):
        for page in (pieces.holder.html, flat_html(pieces.holder)):
            again = _read(alone(page), _FAST)
            if len(again.text) > max(found, WHOLE * pieces.prose):
                return again
    body = tree.css_first('[itemprop="articleBody"]') or frame
    if body is None or found >= OF_FRAME * markup.prose_length(body):
        return None
    again = _read(alone(flat_html(body)), _FAST)
    return again if len(again.text) > found else None


def alone(html: str | None) -> str:
    """A page of nothing but this markup, which is its article's body."""
    return f'<html><body><article itemprop="articleBody">{html or ""}</article></body></html>'


def _read(page: str, options: Extractor) -> _Reading:
    document = bare_extraction(page, options=options)
    return _Reading(text=document.text or "", body=document.body) if isinstance(document, Document) else _Reading()
