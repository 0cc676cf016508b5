"""Sitemaps (sitemaps.org 0.9): URL sets, news sitemaps (Google's `news:` namespace), indexes, and text lists of URLs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from lxml.etree import _Element

from pipeline.discover.entries import MAX_ENTRIES, Entry, Reader, distinct, usable_url
from pipeline.discover.safexml import BrokenXmlError, XmlWalk, split_name, text_of
from pipeline.discover.sniffing import Format, describe, sniff, utf8_bytes
from pipeline.errors import FeedUnreadableError
from pipeline.records import Candidate, ChildSitemap, EndpointKind, Reading
from pipeline.urls import same_site

MAX_BYTES = 50_000_000  # sitemaps.org: uncompressed
_INFLATE_STEP = 65_536
_MAX_LINE_CHARS = 8192
_NEWS = "sitemap-news"  # in the namespace of Google's news fields, with or without version
_FIELDS = 50  # children of one <url> that are looked at


def read_sitemap(body: bytes, *, url: str, now: datetime, zone: str = "UTC", homepage: str = "") -> Reading:
    """The candidates (or child sitemaps) of a sitemap fetched from `url`; gzip is known by its first bytes.

    A location counts when it is on the registrable domain of the sitemap, or of the `homepage` of the source that lists this sitemap as
    its own (sitemaps.org, cross submits); others are counted as skipped. At most 50,000 locations are read.
    Raises FeedUnreadableError for what is no sitemap, is larger than 50 MB uncompressed, or breaks off before its first location.
    """
    body = utf8_bytes(inflate(body))
    if len(body) > MAX_BYTES:
        raise FeedUnreadableError(f"it is larger than a sitemap may be: {len(body)} bytes")
    found = sniff(body)
    reader = Reader(now=now, zone=zone)
    if found is Format.URL_LIST:
        return _reading(EndpointKind.SITEMAP, (_line_entry(line, url) for line in _lines(body)), reader, url, homepage)
    if found is Format.SITEMAPINDEX:
        return _read_index(body, url, reader, homepage)
    if found is Format.URLSET:
        return _read_urlset(body, url, reader, homepage)
    raise FeedUnreadableError(describe(body))


def inflate(body: bytes) -> bytes:
    """The document out of its gzip wrapping, if it has one, in bounded steps; it may have several members (RFC 1952, 2.2).

    Raises FeedUnreadableError when it is broken or would be larger than 50 MB.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    parts, size, rest = [], 0, body
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        while rest and not (inflater.eof and not rest.startswith(b"\x1f\x8b")):
            if inflater.eof:
                inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
            part = inflater.decompress(rest, _INFLATE_STEP)
            rest, size = inflater.unused_data if inflater.eof else inflater.unconsumed_tail, size + len(part)
            parts.append(part)
            if size > MAX_BYTES:
                raise FeedUnreadableError(f"it is larger than {MAX_BYTES} bytes uncompressed")
    except zlib.error as error:
        raise FeedUnreadableError(f"its compression is broken: {error}") from None
    if not inflater.eof:
        raise FeedUnreadableError("its compressed data break off")
    return b"".join(parts)


def _read_urlset(body: bytes, url: str, reader: Reader, homepage: str) -> Reading:
    walk = XmlWalk(body, ("{*}url",))
    items = _UntilBroken(walk)
    reading = _reading(EndpointKind.SITEMAP, (_url_entry(element, url) for element in items), reader, url, homepage)
    if items.broken and not reading.candidates:
        raise FeedUnreadableError(items.broken)
    is_news = items.saw_news or (not reading.candidates and walk.root is not None and any(_NEWS in uri for uri in walk.root.nsmap.values()))
    kind = EndpointKind.NEWS_SITEMAP if is_news else EndpointKind.SITEMAP
    return Reading(kind=kind, candidates=reading.candidates, skipped=reading.skipped, broken_off=bool(items.broken))


class _UntilBroken:
    """The elements of a document up to where its XML breaks."""

    def __init__(self, walk: XmlWalk) -> None:
        self._walk = walk
        self.broken = ""
        self.saw_news = False

    def __iter__(self) -> Iterator[_Element]:
        try:
            for element in islice(self._walk.elements(), MAX_ENTRIES):
                self.saw_news = self.saw_news or _news_of(element) is not None
                yield element
        except BrokenXmlError as error:
            self.broken = error.detail


def _read_index(body: bytes, url: str, reader: Reader, homepage: str) -> Reading:
    children: dict[str, ChildSitemap] = {}
    skipped = 0
    elements = _UntilBroken(XmlWalk(body, ("{*}sitemap",)))
    for element in elements:
        child = usable_url(_child_text(element, "loc"), url)
        if child is None or child == url or not _may_list(url, child, homepage):
            skipped += 1
        else:
            updated = reader.date(_child_text(element, "lastmod"))
            children.setdefault(child, ChildSitemap(kind=kind_by_name(child), url=child, updated=updated))
    found = tuple(children.values())
    return Reading(kind=EndpointKind.SITEMAP_INDEX, candidates=(), children=found, skipped=skipped, broken_off=bool(elements.broken))


def kind_by_name(url: str) -> EndpointKind:
    """A first guess at what a sitemap is; reading it corrects it."""
    name = url.rpartition("/")[2].lower()
    if "news" in name:
        return EndpointKind.NEWS_SITEMAP
    return EndpointKind.SITEMAP_INDEX if "index" in name else EndpointKind.SITEMAP


def _reading(kind: EndpointKind, entries: Iterator[Entry], reader: Reader, url: str, homepage: str) -> Reading:
    def allowed(candidate: Candidate | None) -> Candidate | None:
        return candidate if candidate is not None and _may_list(url, candidate.url, homepage) else None

    candidates, skipped = distinct(allowed(reader.candidate(entry)) for entry in entries)
    return Reading(kind=kind, candidates=candidates, skipped=skipped)


def _may_list(sitemap: str, location: str, homepage: str) -> bool:
    return same_site(sitemap, location) or (homepage != "" and same_site(homepage, location))


def _url_entry(element: _Element, url: str) -> Entry:
    location, modified = _child_text(element, "loc"), _child_text(element, "lastmod")
    news = _news_of(element)
    if news is None:
        return Entry(links=(location,), base=url, updated=modified)
    publication = next(iter(news.iterchildren("{*}publication")), None)
    return Entry(
        links=(location,),
        base=url,
        title=_child_text(news, "title"),
        published=_child_text(news, "publication_date"),
        updated=modified,
        categories=tuple(word.strip() for word in _child_text(news, "keywords").split(",")),
        language="" if publication is None else _child_text(publication, "language"),
    )


def _news_of(element: _Element) -> _Element | None:
    return next((child for child in islice(element.iterchildren("{*}news"), _FIELDS) if _NEWS in split_name(child)[0]), None)


def _child_text(element: _Element, name: str) -> str:
    return text_of(next(iter(element.iterchildren("{*}" + name)), None)).strip()


def _lines(body: bytes) -> Iterator[str]:
    for line in islice(body.splitlines(), MAX_ENTRIES):
        if line and len(line) <= _MAX_LINE_CHARS:
            yield line.decode("utf-8", "replace").strip()


def _line_entry(line: str, url: str) -> Entry:
    return Entry(links=(line,) if line.lower().startswith(("http://", "https://")) else (), base=url)
