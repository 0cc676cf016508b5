"""Reading a page's markup with lexbor: the tree that facts are read from, and the slim HTML that the text extractor gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

Watch = Callable[[str, str], None]  # is told a rule's name and the text that the rule takes out of a page

# Pages with more tags than this can hold the extractor for half a minute (measured: 80,000 short <p> took 23 s, 100,000 <td> 32 s);
# the largest of 651 real article pages has 9,770.
MAX_TAGS = 40_000

DEPTH = 64  # elements above a node that are looked at; real pages are half as deep

# What never holds an article's text. Left out before the text extractor reads the page: 0.79 of its time at the same F1.
_NEVER_TEXT = [
    *("script", "style", "nav", "svg", "noscript", "iframe", "template", "link", "meta", "button", "canvas", "object", "embed", "dialog"),
    *("select", "input", "textarea", "video", "audio", "picture", "source"),
]
_NEVER_TEXT_BUT_SEEN = "nav, noscript, button, dialog, select, textarea"


def parse(html: str) -> LexborHTMLParser:
    """The tree of a page. Costs .04 of an extraction."""
    return LexborHTMLParser(html)


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around a node, inner first, DEPTH of them at most."""
    above = node.parent
    for _ in range(DEPTH):
        if above is None or not above.is_element_node:
            return
        yield above
        above = above.parent


def slim(tree: LexborHTMLParser, watch: Watch | None = None) -> None:
    """Takes out of a page what can't be text: read the facts first. `watch` is told of what readers would have seen."""
    if watch is not None:
        for node in tree.css(_NEVER_TEXT_BUT_SEEN):
            watch(f"never-text: {node.tag}", line(node))
    tree.strip_tags(_NEVER_TEXT)
    forms = tree.css("form")
    if forms and tree.body:
        total = len(tree.body.text_lexbor())
        for form in forms:
            # a form around the whole page is a layout (ASP.NET WebForms), and its text the article
            if 2 * len(form.text_lexbor()) <= total:
                if watch is not None:
                    watch("never-text: form", line(form))
                form.decompose()


def prose_length(tree: LexborHTMLParser | LexborNode) -> int:
    """Characters in paragraphs of 60 or more: a cheap second reading, by which a cut text is noticed."""
    lengths = (len(node.text_lexbor().strip()) for node in tree.css("p"))
    return sum(length for length in lengths if length >= 60)


def leads_home(href: str) -> bool:
    """Whether a link leads to its site's first page."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query and (bool(parts.netloc) or parts.path == "/")


def line(node: LexborNode | None) -> str:
    """A node's text on one line, white space folded; empty for no node."""
    return " ".join(node.text(separator=" ").split()) if node else ""
