"""Finds the element that a text extractor takes for the frame of a page's text, so that it need not be given all that lies around it.

Half of a page's markup lies outside of it, after all that can't be text is gone.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_NAMES = r"(?:entry|article|art)-content|article__content|article(?:-|__)?body|articleBody|body-text"
# What trafilatura looks for first (BODY_XPATH in its xpaths.py, 2.3): it reads the first such element of a page, and nothing else,
# if there is text in it.
_ID = re.compile(_NAMES)
_CLASS = re.compile(
    rf"{_NAMES}|(?:page|text)-content|ArticleContent|article__container|article-?text|articleText|post[-_]text|post-body|post-?entry|post[-_]?content"
    "|postContent|post_inner_wrapper"
)


def find_frame(tree: LexborHTMLParser) -> LexborNode | None:
    """The first element whose names say that it holds the article's text; else the first <article>."""
    named = (node for node in tree.css("article, div, main, section") if _is_named(node))
    return next(named, None) or tree.css_first("article")


def _is_named(node: LexborNode) -> bool:
    attributes = node.attributes
    name, names = attributes.get("id"), attributes.get("class")
    return bool(
        (names and (names in {"post", "entry"} or _CLASS.search(names)))
        or (name and (name == "articleContent" or _ID.search(name)))
        or attributes.get("itemprop") == "articleBody"
    )
