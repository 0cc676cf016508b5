"""HTML pages of strangers as trees, after a look for what would hold the parser for minutes."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from pipeline.errors import FeedUnreadableError

# lexbor 2.x takes time quadratic in nesting depth and in the attributes of one tag: measured 0.3 s for 10,000 open elements, 1.8 s for
# 20,000 attributes. Real home pages nest under a hundred deep.
_MAX_DEPTH = 2000
_MAX_ATTRIBUTES = 2000
_MAX_TAGS = 300_000
_TAG = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})([^<>]{0,2000000})")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
# Never open, or closed by the next of their kind: they don't nest without something else that does.
_VOID = b"area base br col embed hr img input link meta param source track wbr path circle rect"
_OPTIONAL_END = b"p li dt dd tr td th thead tbody tfoot option"
_FLAT = frozenset((_VOID + b" " + _OPTIONAL_END).split())


def parse_page(body: bytes) -> LexborHTMLParser:
    """The tree of an HTML page; any bytes have one. Raises FeedUnreadableError for a page that is built to hang its parser."""
    depth = 0
    for count, found in enumerate(_TAG.finditer(body)):
        closing, name, attributes = found.groups()
        if closing:
            depth = max(depth - 1, 0)
        elif name.lower() not in _FLAT and not attributes.endswith(b"/"):
            depth += 1
        if depth > _MAX_DEPTH or count > _MAX_TAGS:
            raise FeedUnreadableError("it nests deeper or has more tags than any page")
        if len(attributes) > 2 * _MAX_ATTRIBUTES and len(_QUOTED.sub(b"", attributes).split()) > _MAX_ATTRIBUTES:
            raise FeedUnreadableError("one of its tags has more attributes than any page's")
    return LexborHTMLParser(body)
