"""Which type of article a page is: news, live, opinion, video, gallery or list; by what it states, else by section, URL and headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.markup import line
from pipeline.extract.rules import KINDS
from pipeline.records import Evidence

_STATED = (
    ("live", frozenset({"liveblogposting"})),
    ("opinion", frozenset({"opinionnewsarticle"})),
    ("video", frozenset({"videoobject", "video", "video.other", "video.movie", "video.episode"})),
    ("gallery", frozenset({"imagegallery", "mediagallery"})),
)
_OF_MEDIA = frozenset({"video", "gallery"})  # a news article that carries one is still news
_LEAST_ITEMS = 3
_NUMBERED = re.compile(r"^(?:no\.?|nr\.?|n°|#|第)?\s*(\d{1,3})(?:[.):、]|\s|位|$)", re.IGNORECASE)
# "10 best …", "Die 7 besten …", "Top 5": how many there will be
_COUNTED = re.compile(r"^(?:\w{1,5}\s){0,2}(\d{1,2})\s\S", re.IGNORECASE)
_AFTER_LABEL = r"\s*(?:[:：|–—+•»·-]|$)"
_TITLES = {
    kind: re.compile(rf"^(?:(?:{words}){_AFTER_LABEL}|[【〔\[](?:{words})[】〕\]])", re.IGNORECASE)
    for kind, words in ((kind, "|".join(map(re.escape, known.titles))) for kind, known in KINDS.items())
}


def count_items(tree: LexborHTMLParser) -> list[Evidence]:
    """How many items the page's headings number ("1. Lisbon", "2. Porto"), and how many headings its article has at all."""
    headings = [line(node) for node in tree.css("article h2, article h3, main h2, main h3")[:100]]
    numbers = [int(match[1]) for heading in dict.fromkeys(headings) if (match := _NUMBERED.match(heading))]
    rising = sum(abs(one - two) == 1 for one, two in pairwise(numbers))
    found = [Evidence(field="numbered_items", value=str(rising + 1), origin="html")] if rising >= _LEAST_ITEMS - 1 else []
    return [*found, *([Evidence(field="headings", value=str(len(set(headings))), origin="html")] if headings else [])]


def choose_kind(claims: Sequence[Evidence], *, title: str | None, section: str | None, url: str) -> str:
    """news, live, opinion, video, gallery or list. What the page states comes first, then its section, its URL's path and its headline."""
    stated = {claim.value.casefold() for claim in claims if claim.field == "type"}
    news = any(kind.endswith("newsarticle") for kind in stated)
    named = next((name for name, wanted in _STATED if stated & wanted), None)
    if named and not (named in _OF_MEDIA and news):
        return named
    parts = {part.casefold() for part in unquote(urlsplit(url).path).split("/")[:-1]}
    for kind, words in KINDS.items():
        if (section or "").casefold().strip() in words.sections or parts & words.paths or _TITLES[kind].match(title or ""):
            return kind
    return "list" if _is_list(claims, title or "") else "news"


def _is_list(claims: Sequence[Evidence], title: str) -> bool:
    """Whether headings number the items, JSON-LD lists them, or there are as many headings as the headline promises."""

    def most(field: str) -> int:
        return max((int(claim.value) for claim in claims if claim.field == field and claim.value.isdecimal()), default=0)

    if max(most("numbered_items"), most("listed_items")) >= _LEAST_ITEMS:
        return True
    promised = _COUNTED.match(title)
    return promised is not None and _LEAST_ITEMS <= int(promised[1]) <= most("headings") <= int(promised[1]) + 4
