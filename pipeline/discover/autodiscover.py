"""Finds a site's endpoints from its home page, its Link header and its robots.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.discover.entries import usable_url
from pipeline.discover.pages import parse_page
from pipeline.discover.sitemaps import kind_by_name
from pipeline.records import EndpointKind, EndpointSpec
from pipeline.urls import origin, same_site

_TYPES = {
    "application/rss+xml": EndpointKind.RSS,
    "application/rdf+xml": EndpointKind.RSS,
    "application/xml": EndpointKind.RSS,
    "text/xml": EndpointKind.RSS,
    "application/atom+xml": EndpointKind.ATOM,
    "application/feed+json": EndpointKind.JSONFEED,
}
# Where most publishing software keeps its feed: WordPress, static generators, most others. Three at the most (COURTESY D3).
_COMMON_PATHS = ("/feed/", "/rss.xml", "/rss")
_FEED_ADDRESS = re.compile(
    r"(?:\.rss|\.rdf|\.atom|/feed/?|/rss/?|/atom/?|/(?:rss|feeds?)/[^?]*\.xml|(?:rss|feed|atom)[^/]*\.(?:xml|php))(?:\?.*)?$", re.IGNORECASE
)
_FEED_PAGE = re.compile(r"\b(?:rss|web-?feeds?|flux|feeds?)\b", re.IGNORECASE)
_COMMENTS = re.compile(r"/comments?/|comments?[-_ ]?feed|commentaires|kommentare", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[^\S\n]*sitemap[^\S\n]*:[^\S\n]*(\S+)", re.IGNORECASE | re.MULTILINE)
_LINK_VALUE = re.compile(r"<([^<>]{1,8192})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s;,\"]*))?)*)")
_LINK_PARAMETER = re.compile(r"(?<![\w*-])([\w*-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))")
_MOST = 50  # endpoints of one document, feed pages excepted
_MOST_PAGES = 3
_MAX_ANCHORS = 5000


def find_endpoints(page: bytes, *, url: str, link_header: str | None = None) -> tuple[EndpointSpec, ...]:
    """The feeds that an HTML page at `url` names: Link header, `<link rel=alternate>`, then anchors that lead to feeds of the same site.

    In the order in which they stand (the first is the main one by custom); comment feeds are left out. Nothing is fetched: whether they
    are feeds shows when they are read. Raises FeedUnreadableError for a page that is built to hang its parser.
    """
    html = parse_page(page)
    found = [*_from_header(link_header or "", url), *_from_links(html, _base(html, url)), *_from_anchors(html, url)]
    unique: dict[str, EndpointSpec] = {}
    for spec in found:
        unique.setdefault(spec.url, spec)
    return tuple(unique.values())[:_MOST]


def feed_pages(page: bytes, *, url: str) -> tuple[str, ...]:
    """Pages of the same site that an HTML page calls its RSS or feeds page, where the feeds are listed as anchors; at most three."""
    html = parse_page(page)
    pages = (target for target, text in _anchors(html, url) if not _FEED_ADDRESS.search(target) and _FEED_PAGE.search(text[:40]))
    return tuple(dict.fromkeys(pages))[:_MOST_PAGES]


def common_paths(homepage: str) -> tuple[str, ...]:
    """Well-known addresses to try when a site names no feed (only if its robots.txt allows them)."""
    return tuple(origin(homepage) + path for path in _COMMON_PATHS)


def sitemap_lines(robots_text: str, *, url: str) -> tuple[EndpointSpec, ...]:
    """The sitemaps that a robots.txt at `url` lists, in order; their kinds are guessed by name until they are read."""
    listed = (usable_url(found.group(1), url) for found in islice(_SITEMAP_LINE.finditer(robots_text), _MOST))
    return tuple(EndpointSpec(kind=kind_by_name(address), url=address) for address in dict.fromkeys(listed) if address is not None)


def _from_header(header: str, url: str) -> Iterator[EndpointSpec]:
    """RFC 8288: <…>; rel="alternate"; type="application/rss+xml"."""
    for target, parameters in _LINK_VALUE.findall(header[:16_384]):
        given = {name.lower(): quoted or bare for name, quoted, bare in _LINK_PARAMETER.findall(parameters)}
        spec = _spec(target, given.get("rel", ""), given.get("type", ""), given.get("title", ""), url)
        if spec is not None:
            yield spec


def _from_links(html: LexborHTMLParser, base: str) -> Iterator[EndpointSpec]:
    for node in islice(html.css("link[rel][href]"), _MAX_ANCHORS):
        spec = _spec(_attribute(node, "href"), _attribute(node, "rel"), _attribute(node, "type"), _attribute(node, "title"), base)
        if spec is not None:
            yield spec


def _spec(target: str, rel: str, media_type: str, title: str, base: str) -> EndpointSpec | None:
    relations = rel.lower().split()
    kind = _TYPES.get(media_type.partition(";")[0].strip().lower())
    address = usable_url(target, base)
    if address is None or _COMMENTS.search(address) or _COMMENTS.search(title):
        return None
    if "sitemap" in relations:
        return EndpointSpec(kind=kind_by_name(address), url=address)
    if kind is None or not {"alternate", "feed"} & set(relations) or "stylesheet" in relations:
        return None
    return EndpointSpec(kind=kind, url=address)


def _from_anchors(html: LexborHTMLParser, url: str) -> Iterator[EndpointSpec]:
    for target, _ in _anchors(html, url):
        if _FEED_ADDRESS.search(target) and not _COMMENTS.search(target):
            yield EndpointSpec(kind=EndpointKind.ATOM if "atom" in target.lower() else EndpointKind.RSS, url=target)


def _anchors(html: LexborHTMLParser, url: str) -> Iterator[tuple[str, str]]:
    base = _base(html, url)
    for node in islice(html.css("a[href]"), _MAX_ANCHORS):
        target = usable_url(_attribute(node, "href"), base)
        if target is not None and same_site(url, target):
            yield target, node.text(deep=True).strip()


def _base(html: LexborHTMLParser, url: str) -> str:
    node = html.css_first("base[href]")
    return usable_url(_attribute(node, "href"), url) or url if node is not None else url


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""
