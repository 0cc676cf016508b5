"""Which addresses of a site are articles, learnt from what became articles there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

_ARTICLES, _OF_THEM = 3, 0.8  # so many articles of a shape, and so large a share of it, make it one of articles
_OTHERS, _AT_MOST = 5, 0.1  # so many pages, of which so few were articles, make it one of other pages
_WORDS_OF_SLUG = 3
_BREAK = re.compile(r"[-_+. ]+")


@dataclass(frozen=True, kw_only=True)
class KnownShapes:
    """Shapes of addresses (`shape_of`) whose pages are known by experience."""

    articles: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


def learn_shapes(tried: Iterable[tuple[str, bool]]) -> KnownShapes:
    """What the URLs (normalised) of a site that were tried, and whether each was an article, tell of others of their shapes."""
    pages: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    for url, was_article in tried:
        shape = shape_of(url)
        pages[shape] += 1
        articles[shape] += was_article
    return KnownShapes(
        articles=frozenset(shape for shape, count in pages.items() if articles[shape] >= max(_ARTICLES, _OF_THEM * count)),
        others=frozenset(shape for shape, count in pages.items() if count >= _OTHERS and articles[shape] <= _AT_MOST * count),
    )


def shape_of(url: str) -> str:
    """Host and folders as they are, with numbers as 0; of the last part only its build: slug, word or number, and its ending."""
    host, _, rest = url.split("//", 1)[1].partition("/")
    path, _, search = rest.partition("?")
    *folders, last = unquote(path).lower().rstrip("/").split("/")
    names = sorted({pair.partition("=")[0] for pair in search.split("&")}) if search else []
    return "/".join([host, *(re.sub(r"\d+", "0", folder) for folder in folders), _build(last)]) + ("?" + "&".join(names) if names else "")


def _build(last: str) -> str:
    stem, dot, ending = last.rpartition(".")
    if not dot or not 2 <= len(ending) <= 5 or not ending.isalpha():
        stem, ending = last, ""
    parts = [part for part in _BREAK.split(stem) if part]
    words = sum(not part.isdigit() for part in parts)
    numbered = "0" if any(any(sign.isdigit() for sign in part) for part in parts) else ""
    build = "slug" if words >= _WORDS_OF_SLUG else "word" if words else ""
    return f"{build}{numbered}.{ending}"
