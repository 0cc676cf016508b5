"""An element's blocks of text in order, without the boxes around them: what is left to read where boxes mislead the text extractor.

It judges boxes by their names and by where they stand, and leaves out whole chapters that lie in accordions, grids and cards.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from pipeline.extract.markup import DEPTH
from pipeline.extract.trimming import is_named_furniture

_BLOCKS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre"])
_BESIDE = frozenset(["figure", "figcaption", "aside", "footer", "header"])
_INLINE = frozenset(
    ["span", "a", "b", "strong", "i", "em", "u", "s", "small", "sup", "sub", "mark", "code", "abbr", "cite", "q", "time", "font", "label"]
)
_HOLDS_BLOCKS = "p, div, ul, ol, table, h2, h3, h4"


def flat_html(node: LexborNode) -> str:
    """The blocks of `node` as HTML: paragraphs, headings, lists, tables and quotes as they are, text between them as paragraphs.

    Boxes that their names call furniture (comments, related stories), pictures and what stands beside the text are left out.
    """
    return "".join(_blocks(node, DEPTH))


def _blocks(node: LexborNode, depth: int) -> Iterator[str]:
    run: list[str] = []  # of inline text, up to the next block
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            run.append(child.text_content or "")
        elif tag == "br" or (tag in _INLINE and child.css_first(_HOLDS_BLOCKS) is None):
            run.append(" " if tag == "br" else child.text_lexbor())
        elif child.is_element_node:
            yield from _paragraph(run)
            run = []
            yield from _of_block(child, depth)
    yield from _paragraph(run)


def _of_block(node: LexborNode, depth: int) -> Iterator[str]:
    tag = node.tag or ""
    if tag in _BLOCKS:
        yield f"<{tag}>{node.inner_html or ''}</{tag}>"
    elif tag not in _BESIDE and depth and not is_named_furniture(node):
        yield from _blocks(node, depth - 1)


def _paragraph(run: list[str]) -> Iterator[str]:
    text = " ".join("".join(run).split())
    if text:
        yield f"<p>{html.escape(text, quote=False)}</p>"
