"""Which of a page's titles is the headline, and the headline without the outlet's name.

Order measured on one half of 554 labelled pages by site and judged on the other (see `docs/decisions.md`): a news page's JSON-LD headline
is the newsroom's own; elsewhere JSON-LD is written by a search-engine plug-in and the visible <h1> is right more often.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.records import Evidence

MAX_TITLE_CHARS = 500
_SLUG_LETTERS = 5  # of a source's short name: a shorter one may be any word
_OUTLET_WORDS = 6  # a longer "site name" is a headline in the wrong place
_SEPARATOR = re.compile(r"\s+[|·•*»«–—-]+\s+|\s*[|｜ㅣ]\s*|\s*[：:]\s*(?=[^：:]*(?:新聞|デジタル|ニュース)[^：:]*$)|\s+[_]\s+")
_NEWS_ORDER = (
    ("title", "jsonld"),
    ("title", "opengraph"),
    ("title", "html"),
    ("title", "microdata"),
    ("title", "meta"),
    ("page_title", "html"),
)
_OTHER_ORDER = (
    ("title", "html"),
    ("title", "opengraph"),
    ("title", "jsonld"),
    ("title", "microdata"),
    ("title", "meta"),
    ("page_title", "html"),
)
_WITNESSES = (("title", "jsonld"), ("title", "opengraph"), ("title", "html"), ("title", "meta"), ("page_title", "html"))
# what begins a section or an outlet that is set hard against the headline; after a hyphen both, since it joins words and figures too
_FOLLOWS = re.compile(r"[|｜ㅣ_–—]\w|-[^\s|｜ㅣ-][^|｜ㅣ]{0,30}[|｜ㅣ]")
_LEAST_SHARE = 0.2  # of another title's words that a heading holds; "Discord" is no headline of an article that names it
_LINE_CHARS = 300  # what is remembered is shorter: a page's whole text is asked about as well
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W_]+")
_GENERIC = frozenset(
    [
        "home",
        "homepage",
        "news",
        "article",
        "blog",
        "untitled",
        "startseite",
        "accueil",
        "inicio",
        "главная",
        "ホーム",
        "首页",
        "index",
        "error",
        "menu",
    ]
)


def choose_title(claims: Sequence[Evidence], *, url: str, slug: str = "", fed: Sequence[str] = ()) -> str | None:
    """The headline; None where nothing usable is there.

    `fed` are titles from feeds and news sitemaps, `url` is the page's own, `slug` the source's short name.
    """
    outlets = outlet_names(claims, url, slug)
    given = _titles_by_place(claims, outlets)
    candidates = {place: titles[0] for place, titles in given.items()}
    if not candidates:
        return next((title for raw in fed if (title := _clean(raw, outlets, [])) and _usable(title, outlets)), None)
    titles = list(candidates.values())
    first = (_agreed(given) or _newsrooms_own(candidates) if is_news(claims) else None) or titles[0]
    return _untruncated(first, titles)[:MAX_TITLE_CHARS]


def _agreed(given: Mapping[tuple[str, str], Sequence[str]]) -> str | None:
    """The title that <h1>, <title>, the shared cards and JSON-LD give but for one of them: four witnesses outweigh a lone fifth.

    A place that gives several titles, as two cards or two scripts of JSON-LD do, agrees with each of them.
    """
    named = [given[place] for place in _WITNESSES if place in given]
    said = [{letters(title) for title in titles} for titles in named]
    if len(named) < len(_WITNESSES):
        return None
    titles = {title: sum(letters(title) in others for others in said) for titles in named for title in titles}
    best = max(titles, key=titles.__getitem__)
    return best if titles[best] >= len(_WITNESSES) - 1 else None


def _newsrooms_own(candidates: Mapping[tuple[str, str], str]) -> str | None:
    """The shared title (og:title) where JSON-LD or the <h1> shows that <title> and its like were written for search engines.

    Worth 3 to 4 points on news pages of either half; None leaves the order as it is.
    """
    shared, search, printed = (
        candidates.get(("title", "opengraph")),
        candidates.get(("page_title", "html")),
        candidates.get(("title", "html")),
    )
    stated = candidates.get(("title", "jsonld"))
    if shared is None or search is None or same_headline(shared, search):
        return None
    if printed and same_headline(shared, printed):
        return shared
    if stated and same_headline(stated, search) and not letters(shared).startswith(letters(stated)):
        return shared if printed is None or same_headline(printed, search) else None
    return None


def outlet_names(claims: Sequence[Evidence], url: str, slug: str = "") -> frozenset[str]:
    """Names of the outlet, as letters only: what the page calls its site, the labels of its host name, the source's short name."""
    names = {letters(claim.value) for claim in claims if claim.field == "site_name" and len(claim.value.split()) <= _OUTLET_WORDS}
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    names |= {letters(host), *(letters(label) for label in labels[:-1])}
    return frozenset(name for name in names if len(name) > 2) | slug_name(slug)


def slug_name(slug: str) -> frozenset[str]:
    """The outlet's name that a source's short name is, as letters only; none where it is too short to be told from other words."""
    name = letters(slug)
    return frozenset([name] if len(name) >= _SLUG_LETTERS else [])


def letters(text: str) -> str:
    """Lower-case letters and digits of a text: what comparing titles and names goes by."""
    return _letters_of_line(text) if len(text) <= _LINE_CHARS else "".join(_LETTERS.findall(text.casefold()))


@lru_cache(maxsize=1024)  # a page's titles and names are held against many lines
def _letters_of_line(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold()))


def same_headline(one: str, other: str) -> bool:
    """Whether two lines are the same headline, punctuation and case apart."""
    return bool(letters(one)) and letters(one) == letters(other)


def _titles_by_place(claims: Sequence[Evidence], outlets: frozenset[str]) -> dict[tuple[str, str], list[str]]:
    """The usable titles of each field and origin, cleaned, most trusted first; of headings on the page the fullest agreement first."""
    raws = [claim.value for claim in claims if claim.field == "title"]
    found: dict[tuple[str, str], list[str]] = {}
    for place in _NEWS_ORDER if is_news(claims) else _OTHER_ORDER:
        values = [claim.value for claim in claims if (claim.field, claim.origin) == place]
        values = _page_headings(values, claims, outlets) if place == ("title", "html") else values
        titles = [title for value in values if _usable(title := _clean(value, outlets, raws), outlets)]
        if titles:
            found[place] = titles
    return found


def is_news(claims: Sequence[Evidence]) -> bool:
    """Whether a page's JSON-LD says that it is a news article."""
    kinds = {claim.value for claim in claims if claim.field == "type" and claim.origin == "jsonld"}
    return any(kind.endswith("newsarticle") or kind == "liveblogposting" for kind in kinds)


def _page_headings(values: list[str], claims: Sequence[Evidence], outlets: frozenset[str]) -> list[str]:
    """The <h1>s that share half of their words with another title, fullest agreement first; all of them where no other title is there.

    The outlet's name, which some sites put over each of their pages, is no other title.
    """
    titled = (claim for claim in claims if claim.field == "page_title" or (claim.field == "title" and claim.origin != "html"))
    others = [_words(claim.value) for claim in titled if _usable(_clean(claim.value, outlets, []), outlets)]
    if not others:
        return values
    shares = {
        value: max((len(words & other) / len(words) for other in others if len(words & other) >= _LEAST_SHARE * len(other)), default=0.0)
        for value in values
        if (words := _words(value))
    }
    return sorted(
        (value for value in values if shares.get(value, 0.0) >= 0.5 and len(letters(value)) > 5), key=lambda value: -shares[value]
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _clean(raw: str, outlets: frozenset[str], others: list[str]) -> str:
    """The title without entities left over and without the outlet's name at its end or beginning."""
    title = " ".join(html.unescape(html.unescape(raw)).replace("\u00ad", "").split())
    title = next((bare for bare in others if _begins_with(title, bare)), title)
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            return title
        if _bare_elsewhere(title[: cuts[0].start()], others):
            return title[: cuts[0].start()]
        if _names_outlet(title[cuts[-1].end() :], outlets) or _bare_elsewhere(title[: cuts[-1].start()], others):
            title = title[: cuts[-1].start()]
        elif _names_outlet(title[: cuts[0].start()], outlets):
            title = title[cuts[0].end() :]
        else:
            return title
    return title


def _names_outlet(part: str, outlets: frozenset[str]) -> bool:
    name = letters(part)
    return bool(name) and any(
        name == outlet or (len(name) > 4 and (name in outlet or outlet in name) and len(part.split()) <= 6) for outlet in outlets
    )


def _bare_elsewhere(part: str, others: list[str]) -> bool:
    return len(part.split()) > 3 and any(same_headline(part, other) for other in others)


def _begins_with(title: str, bare: str) -> bool:
    return len(bare.split()) > 3 and title.startswith(bare) and _FOLLOWS.match(title, len(bare)) is not None


def _usable(title: str, outlets: frozenset[str]) -> bool:
    name = letters(title)
    return len(name) > 1 and name.removeprefix("the") not in outlets and name not in outlets and name not in _GENERIC


def _untruncated(title: str, candidates: list[str]) -> str:
    """A longer candidate where `title` was cut short (it ends in an ellipsis, or breaks off near schema.org's 110 characters)."""
    stem = letters(title)
    cut = title.rstrip().endswith(("…", "...")) or len(title) >= 100
    if cut:
        longer = [other for other in candidates if letters(other).startswith(stem) and 0 < len(other) - len(title) <= 120]
        return max(longer, key=len, default=title)
    return title
