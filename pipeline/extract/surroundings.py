"""What a page prints around its headline and under its text, where no markup names it: "By Ana Silva", "von <a>Jan Roth</a>", a day.

Half of the pages without a marked author print one there. Nothing is chosen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.markup import leads_home, line
from pipeline.extract.rules import BY, CHANGED
from pipeline.records import Evidence

_AFTER, _BEFORE = 60, 8  # text nodes looked at on either side of a headline
_PARAGRAPH = 240  # characters: a longer text node is the article's own
_MAX_LINE = 150  # of a byline with its name
_MAX_HEADINGS = 6
_MAX_NAME = 60  # characters of a signature
_LAST_PARAGRAPHS = 40  # in which one is looked for
_PARTICLE = 3  # letters: "van der", "de la"
_SENTENCE = 80  # characters: the paragraph before it is the article's
_NOT_TEXT = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "form", "select", "button-group", "title", "aside", "footer"}
)
_WORD = re.compile(r"\w+")
_INTRODUCED = re.compile(
    rf"^(?:{'|'.join(re.escape(word) for word in sorted(BY, key=len, reverse=True))})(?:\s*[:：]|(?=\s)|$)\s*(?=$|[^\W\d_])", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CHANGED = re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in CHANGED)})", re.IGNORECASE)
_MAX_DATE, _STAMP_WORDS = 90, 8  # a line with more words has a day in it, as a caption does
_SIGNED = re.compile(r"right", re.IGNORECASE)


def read_surroundings(tree: LexborHTMLParser, title: str) -> Iterator[Evidence]:
    """Bylines and dates near the headline (`title`: the page's own, to know it by), and a name that signs the text."""
    heading = find_headline(tree, title)
    if heading is not None:
        yield from _around(heading)
    for node in tree.css('p[style*="right" i], p[align="right" i]')[-2:]:
        name = line(node)
        if 5 <= len(name) <= _MAX_NAME and 2 <= len(name.split()) <= 6:
            yield Evidence(field="signature", value=name, origin="html")
    yield from _signed(tree)


def _signed(tree: LexborHTMLParser) -> Iterator[Evidence]:
    """A paragraph of its own under the text that says "By Ana Silva"; the first one, as more texts may follow."""
    for node in tree.css("p + p")[-_LAST_PARAGRAPHS:]:
        text = line(node)
        introduced = _INTRODUCED.match(text) if len(text) <= _MAX_NAME else None
        if introduced and _is_name(text[introduced.end() :]) and len(_paragraph_before(node)) >= _SENTENCE:
            yield Evidence(field="signature", value=text, origin="html")
            return


def _is_name(text: str) -> bool:
    """Whether words are written as names are: capitals (where the script has them), and particles between."""
    words = text.split()
    return 2 <= len(words) <= 5 and all(len(word) <= _PARTICLE or word[0].upper() == word[0] for word in words)


def _paragraph_before(node: LexborNode) -> str:
    at = node.prev
    while at is not None and at.tag == "-text":
        at = at.prev
    return "" if at is None else line(at)


def find_headline(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """The <h1> (else <h2>) that shares the most words with the title; None where none shares half of its own."""
    wanted = set(_WORD.findall(title.casefold()))
    best, share = None, 0.49
    for tag in ("h1", "h2"):
        for node in tree.css(tag)[:_MAX_HEADINGS]:
            words = set(_WORD.findall(line(node).casefold()))
            overlap = len(words & wanted) / max(1, len(words), min(len(wanted), 6))
            if overlap > share:
                best, share = node, overlap
        if best is not None:
            return best
    first = tree.css_first("h1")
    link = first.css_first("a[href]") if first is not None else None
    return None if link is not None and leads_home(link.attributes.get("href") or "") else first


def _around(heading: LexborNode) -> Iterator[Evidence]:
    seen: set[str] = set()
    for node in (*_texts_to_paragraph(heading), *_preceding(heading)):
        text = " ".join((node.text_content or "").split())
        if _YEAR.search(text) and len(text) <= _MAX_DATE:
            field = "changed_near" if _is_change(node, text) else "date_near" if len(text.split()) <= _STAMP_WORDS else "date_within"
            yield Evidence(field=field, value=text, origin="html")
        if len(text) <= _MAX_LINE and _INTRODUCED.match(text) and (printed := _introduced_line(node, text)) and printed not in seen:
            seen.add(printed)
            yield Evidence(field="byline_near", value=printed, origin="html")


def _introduced_line(node: LexborNode, text: str) -> str | None:
    """The line that begins with such words: the node's own, or that of the nearest element that holds a name too."""
    around = node.parent
    for _ in range(4):
        if around is None or around.tag in {"body", "main", "article", "section"}:
            break
        printed = line(around)
        if len(printed) > _MAX_LINE:
            break
        longer = len(printed) > len(text) and printed.startswith(text)
        if longer or (printed == text and " " in text and around.tag in {"p", "div", "li"}):
            return printed
        around = around.parent
    return text if len(text.split()) > 2 else None


def _is_change(node: LexborNode, text: str) -> bool:
    """Whether a date is one of a change: its own line, or the one just before in the same element, says so."""
    if _CHANGED.search(text):
        return True
    around = node.parent
    for _ in range(2):
        if around is None:
            return False
        printed = line(around)
        if len(printed) > _MAX_DATE:
            return False
        if len(printed) > len(text):
            return _CHANGED.search(printed[: printed.find(text)]) is not None
        around = around.parent
    return False


def _texts_to_paragraph(heading: LexborNode) -> Iterator[LexborNode]:
    """The text nodes after a heading, to the text's first paragraph."""
    return takewhile(lambda node: len((node.text_content or "").strip()) <= _PARAGRAPH, following_texts(heading))


def following_texts(heading: LexborNode) -> Iterator[LexborNode]:
    """The text nodes after a heading in document order that say something, at most _AFTER of them."""
    found, at = 0, _skip(heading)
    while at is not None and found < _AFTER:
        if at.tag == "-text" and (at.text_content or "").strip():
            found += 1
            yield at
        at = at.child if at.child is not None and at.tag not in _NOT_TEXT else _skip(at)


def _preceding(heading: LexborNode) -> Iterator[LexborNode]:
    """The text nodes before a heading, nearest first, without going into what is no text."""
    found, at = 0, heading
    while found < _BEFORE:
        if at.prev is not None:
            at = at.prev
            while at.last_child is not None and at.tag not in _NOT_TEXT:
                at = at.last_child
            text = (at.text_content or "").strip() if at.tag == "-text" else ""
            if len(text) > _PARAGRAPH:
                return
            if text:
                found += 1
                yield at
        elif at.parent is not None and at.parent.tag not in {"body", "html"}:
            at = at.parent
        else:
            return


def _skip(node: LexborNode) -> LexborNode | None:
    """The next node in document order that is not inside `node`."""
    at: LexborNode | None = node
    while at is not None:
        if at.next is not None:
            return at.next
        at = at.parent
        if at is None or at.tag in {"body", "html"}:
            return None
    return None
