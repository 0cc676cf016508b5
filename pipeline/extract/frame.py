"""Finds the element that a text extractor takes for the frame of a page's text, so that it need not be given all that lies around it.

Half of a page's markup lies outside of it, after all that can't be text is gone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.markup import prose_length

_NAMES = r"(?:entry|article|art)-content|article__content|article(?:-|__)?body|articleBody|body-text"
# Share of a page's prose under which an element is named in vain. Of 651 pages 505 name one; 52 of these hold less, 35 no prose at all.
# .1 to .2 give the same texts, .3 costs two texts, and 0 costs three, and their headings a dozen.
REMNANT = 0.15
MOST_NAMED = 20  # elements of a kind that are measured: their prose is counted anew in each, and a hostile page may nest thousands
# What trafilatura looks for first (BODY_XPATH in its xpaths.py, 2.3): it reads the first such element of a page, and nothing else,
# if there is text in it; else it gathers paragraphs from all over the page.
_ID = re.compile(_NAMES)
_CLASS = re.compile(
    rf"{_NAMES}|(?:page|text)-content|ArticleContent|article__container|article-?text|articleText|post[-_]text|post-body|post-?entry|post[-_]?content"
    "|postContent|post_inner_wrapper"
)


def find_frame(tree: LexborHTMLParser) -> LexborNode | None:
    """The first element whose names say that it holds the article's text; else the first <article>.

    One that holds next to nothing of the page's prose is named in vain: a row of breadcrumbs, a byline, a teaser.
    """
    least = REMNANT * prose_length(tree)
    named = (node for node in tree.css("article, div, main, section") if _is_named(node))
    candidates = chain(islice(named, MOST_NAMED), tree.css("article")[:MOST_NAMED])
    return next((node for node in candidates if prose_length(node) >= least), None)


def _is_named(node: LexborNode) -> bool:
    attributes = node.attributes
    name, names = attributes.get("id"), attributes.get("class")
    return bool(
        (names and _names_the_text(names))
        or (name and (name == "articleContent" or _ID.search(name)))
        or attributes.get("itemprop") == "articleBody"
    )


@lru_cache(maxsize=4096)  # a page's classes return
def _names_the_text(names: str) -> bool:
    return names in {"post", "entry"} or _CLASS.search(names) is not None
