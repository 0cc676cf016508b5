"""Candidate article links of a home or section page, judged by the shape of the URL, the anchor's text and where on the page it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.discover.dates import read_date
from pipeline.discover.entries import MAX_ENTRIES, usable_url
from pipeline.discover.pages import parse_page
from pipeline.discover.shapes import KnownShapes, shape_of
from pipeline.records import Candidate, DateClaim, EndpointKind, Reading
from pipeline.urls import is_amp, is_home_page, same_site

# The points are set by hand on the links of real pages: an article's address carries a date, an identifier or a long slug; its anchor is a
# sentence; hubs and services name themselves.
_ENOUGH = 4
_SHAPE_ENOUGH = 2  # for a link whose shape several sure links of the page share
_SHAPE_QUORUM = 3
_MAX_LINKS = 5000
_NOTHING_KNOWN = KnownShapes()
_MAX_ANCESTORS = 12
_MAX_ANCHOR_CHARS = 1000

_HUB = re.compile(
    r"^(?:tags?|topics?|themen?|temas?|etiquetas?|categor(?:y|ies|ia|ie|ias)|rubrik|section|sections|authors?|autor(?:en|es)?|auteurs?|people|profile|"
    r"by|staff|team|search|suche|recherche|buscar|archiv[eo]?s?|page|shop|store|jobs|careers|events?|weather|wetter|meteo|podcasts?|newsletters?|"
    r"feeds?|rss|login|signin|sign-in|register|signup|account|konto|subscribe|subscription|subscriptions|abo|contact|kontakt|contacto|about|about-us|"
    r"impressum|imprint|privacy|privacy-policy|datenschutz|terms|terms-of-use|cookies?|cookie-policy|legal|help|faq|advertise|mediadaten|sitemap|"
    r"gallery|galleries|video|videos|mail|pdf|index|live-tv|programme|programmes|programs|schedule|tv|radio|games|puzzles|quiz|comments?|print|share|user|users|wp-admin|"
    r"cdn-cgi|cart)$",
    re.IGNORECASE,
)
_ARTICLE_WORD = re.compile(
    r"^(?:articles?|artikel|artikkel|articulo|articolo|artigo|story|stories|noticias?|notizie|noticia|nachricht|news|nyheter|uutiset|"
    r"\d{4}|politics?|world|business|sport|sports|actualites?|actualite)$",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|avif|svg|ico|mp[34]|m4[av]|webm|zip|gz|docx?|xlsx?|pptx?|ics|css|js|json|xml|rss|txt)$", re.IGNORECASE
)
_PATH_DATE = re.compile(r"(?:^|[/_-])((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_IDENTIFIER = re.compile(r"\d{5,}|(?<![a-z0-9])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,}(?![a-z0-9])|-\d{4,}(?:\.\w+)?$", re.IGNORECASE)
_QUERY_IDENTIFIER = re.compile(
    r"[?&](?:id|p|article|articleid|article_id|aid|sid|story|storyid|newsid|news_id|idx|no|nid|num)=[\w-]*\d", re.IGNORECASE
)
_SLUG_BREAK = re.compile(r"[-_+ .]+")
_PAGE = re.compile(r"\.(?:html?|shtml|php|aspx?|jsp|stm|ece|cms)$", re.IGNORECASE)
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")  # scripts that print no or few spaces
_WIDE_PER_WORD = 2
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_FURNITURE_MALUS = 2
_FURNITURE = frozenset({"nav", "footer", "header", "menu"})


@dataclass(frozen=True, kw_only=True)
class Link:
    """One address on the page, with the points for all its anchors together."""

    url: str
    score: int
    shape: str


def read_links(body: bytes, *, url: str, now: datetime, known: KnownShapes = _NOTHING_KNOWN) -> Reading:
    """The links of an HTML page at `url` that look like articles of the same site, in document order.

    What is `known` of the site by experience outweighs looks, both ways. Any bytes are a page; raises FeedUnreadableError for one that is
    built to hang its parser.
    """
    links = list(_scored_links(parse_page(body), url, known))
    shapes = Counter(link.shape for link in links if link.score >= _ENOUGH)
    chosen = [link for link in links if link.score >= (_SHAPE_ENOUGH if shapes[link.shape] >= _SHAPE_QUORUM else _ENOUGH)]
    candidates = tuple(Candidate(url=link.url, published=url_day(link.url, now)) for link in chosen[:MAX_ENTRIES])
    return Reading(kind=EndpointKind.HOMEPAGE, candidates=candidates, skipped=len(links) - len(chosen))


def url_day(url: str, now: datetime) -> DateClaim | None:
    """The day that an address carries: /2026/11/05/…, …-20261105, 2026-11-05."""
    found = _PATH_DATE.search(_path(url))
    return read_date("-".join(found.groups()), now=now) if found else None


def _scored_links(page: LexborHTMLParser, url: str, known: KnownShapes) -> Iterator[Link]:
    base_node = page.css_first("base[href]")
    base = usable_url((base_node.attributes.get("href") if base_node else None) or "", url) or url
    best: dict[str, int] = {}
    for anchor in islice(page.css("a[href]"), _MAX_LINKS):
        target = usable_url(anchor.attributes.get("href") or "", base)
        if target is None or target == url or not same_site(url, target) or is_home_page(target) or is_amp(target):
            continue
        best[target] = max(best.get(target, 0), _anchor_points(anchor))
    for target, points in best.items():
        shape = _judged_points(target, known)
        if shape is not None:
            yield Link(url=target, score=shape + points, shape=_shape(target))


def _judged_points(url: str, known: KnownShapes) -> int | None:
    """The points of an address, by experience where there is some, else by its looks; None where it can't be an article's."""
    shape = shape_of(url)
    if shape in known.others:
        return None
    return _ENOUGH + _FURNITURE_MALUS if shape in known.articles else url_points(url)


def url_points(url: str) -> int | None:
    """How much an address looks like an article's; None where it can't be one: a file, a hub, a service page."""
    segments = [segment for segment in _path(url).split("/") if segment]
    if not segments:
        return 0 if _QUERY_IDENTIFIER.search(url) else None
    last = segments[-1]
    slug = _PAGE.sub("", last)
    if _FILE.search(last) or _HUB.match(slug):
        return None
    words = max(_slug_words(segment) for segment in (*segments[-3:-1], slug))  # some end in a number or language after the slug
    points = 3 if words >= 4 else max(words - 1, 0)
    points -= 3 if any(_HUB.match(segment) for segment in segments[:-1]) else 0
    points += 3 if _PATH_DATE.search(_path(url)) else 0
    points += 2 if _IDENTIFIER.search(slug) or _QUERY_IDENTIFIER.search(url) else 0
    points += 1 if slug != last else 0
    points += 1 if any(_ARTICLE_WORD.match(segment) for segment in segments[:-1]) else 0
    return points


def _slug_words(segment: str) -> int:
    return sum(1 for word in _SLUG_BREAK.split(segment) if len(word) > 1 and not word.isdigit())


def _anchor_points(anchor: LexborNode) -> int:
    text = anchor.text(deep=True)[:_MAX_ANCHOR_CHARS]
    words = len(text.split()) + len(_WIDE.findall(text)) // _WIDE_PER_WORD
    points = 2 if words >= 5 else 1 if words >= 3 else 0
    tags = {anchor.tag or ""} | set(_ancestor_tags(anchor))
    if tags & _HEADINGS or any(anchor.css_first(heading) for heading in _HEADINGS):
        points += 2
    if "article" in tags:
        points += 1
    return points - _FURNITURE_MALUS if tags & _FURNITURE and "article" not in tags else points


def _ancestor_tags(node: LexborNode) -> Iterator[str]:
    parent = node.parent
    for _ in range(_MAX_ANCESTORS):
        if parent is None:
            return
        yield parent.tag or ""
        parent = parent.parent


def _shape(url: str) -> str:
    """The address with what differs between articles taken out: numbers become 0, words a, slugs a-a."""
    path = re.sub(r"[a-z]+", "a", re.sub(r"\d+", "0", _path(url).lower()))
    directory, _, last = path.rpartition("/")
    return directory + "/" + re.sub(r"(?:[a0][-_+.]?){3,}", "a-a", last)


def _path(url: str) -> str:
    return unquote("/" + url.split("/", 3)[3].partition("?")[0])
