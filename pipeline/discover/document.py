"""Reads any endpoint document by what it is, whatever the endpoint was registered as."""

from __future__ import annotations

from datetime import datetime

from pipeline.discover.feeds import read_feed
from pipeline.discover.links import read_links
from pipeline.discover.shapes import KnownShapes
from pipeline.discover.sitemaps import inflate, read_sitemap
from pipeline.discover.sniffing import Format, describe, sniff, utf8_bytes
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, Reading

_NOTHING_KNOWN = KnownShapes()
_SITEMAPS = (EndpointKind.SITEMAP, EndpointKind.NEWS_SITEMAP, EndpointKind.SITEMAP_INDEX)


def read_document(
    kind: EndpointKind,
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    now: datetime,
    zone: str = "UTC",
    homepage: str = "",
    known: KnownShapes = _NOTHING_KNOWN,
) -> Reading:
    """The candidates and hints of a document fetched from `url`, which was registered as `kind`.

    `zone` is the IANA zone of dates without an offset, `homepage` the source's (for sitemaps kept on another site),
    `known` what addresses of the site turned out to be (for pages). A feed where a sitemap
    was expected is read as a feed, and so on; an HTML page only counts where a home page was expected.
    Raises FeedUnreadableError that names what the document is. Some documents take minutes: call it where it can be killed.
    """
    body = inflate(body)
    head = utf8_bytes(body)
    found = sniff(head)
    if found in (Format.URLSET, Format.SITEMAPINDEX) or (found is Format.URL_LIST and kind in _SITEMAPS):
        return read_sitemap(body, url=url, now=now, zone=zone, homepage=homepage)
    if kind is EndpointKind.HOMEPAGE and found not in (Format.FEED, Format.JSON):
        if found in (Format.HTML, Format.XML, Format.TEXT):
            return read_links(head, url=url, now=now, known=known)
        raise FeedUnreadableError(describe(head))
    return read_feed(body, url=url, content_type=content_type, now=now, zone=zone)
