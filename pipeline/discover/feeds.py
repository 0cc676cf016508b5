"""Reads a feed, whatever its dialect: RSS, Atom or JSON Feed, well-formed or not."""

from __future__ import annotations

import re
from datetime import datetime

from pipeline.discover.brokenfeeds import mend, read_broken_feed
from pipeline.discover.jsonfeed import read_json_feed
from pipeline.discover.safexml import BrokenXmlError
from pipeline.discover.sniffing import Format, describe, sniff, start_of_feed, utf8_bytes
from pipeline.discover.xmlfeeds import read_loose_head, read_xml_feed
from pipeline.errors import FeedUnreadableError
from pipeline.records import Reading

_MAX_BYTES = 50_000_000  # of any document; what is fetched has lower caps by settings
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_NAMES_ENCODING = re.compile(rb"<\?xml[^>]{0,200}\bencoding\s*=")


def read_feed(body: bytes, *, url: str, content_type: str | None, now: datetime, zone: str = "UTC") -> Reading:
    """The candidates of a feed fetched from `url`, in document order; a feed without entries is a Reading without candidates.

    `content_type` is the header (its charset counts where the document names none), `zone` the IANA zone of dates without an offset.
    Raises FeedUnreadableError that names what the document is in place of a feed.
    """
    if len(body) > _MAX_BYTES:
        raise FeedUnreadableError(f"it is larger than any feed: {len(body)} bytes")
    body = utf8_bytes(body)
    found = sniff(body)
    if found is Format.JSON:
        return read_json_feed(body, url=url, now=now, zone=zone)
    start = 0 if found is Format.FEED else start_of_feed(body)
    if start < 0 or found in (Format.GZIP, Format.URLSET, Format.SITEMAPINDEX, Format.OPML):
        raise FeedUnreadableError(describe(body))
    body = body[start:]
    if sniff(body) is not Format.FEED:
        raise FeedUnreadableError(describe(body))
    encoding = _encoding(body, content_type)
    try:
        return read_xml_feed(body, url=url, now=now, zone=zone, encoding=encoding)
    except BrokenXmlError:
        mended = mend(body)
    try:
        return read_xml_feed(mended, url=url, now=now, zone=zone, encoding=encoding)
    except BrokenXmlError as error:
        head = read_loose_head(mended, url=url)
        return read_broken_feed(mended, head, content_type=content_type, now=now, zone=zone, reason=error.detail)


def _encoding(body: bytes, content_type: str | None) -> str | None:
    """The header's charset, where the document itself names none (in practice documents are right more often than headers)."""
    if _NAMES_ENCODING.match(body):
        return None
    named = _CHARSET.search(content_type or "")
    return named.group(1) if named else None
