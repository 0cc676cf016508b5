"""What a document is, by its first bytes: names, headers and extensions are claims, the bytes are what counts."""

from __future__ import annotations

import re
from enum import StrEnum

from pipeline.errors import FeedUnreadableError

_HEAD = 4096  # bytes looked at past the prolog


class Format(StrEnum):
    """What the bytes turn out to be. The value is how people would name it."""

    FEED = "an RSS or Atom feed"
    JSON = "JSON"
    URLSET = "a sitemap"
    SITEMAPINDEX = "a sitemap index"
    HTML = "an HTML page"
    OPML = "an OPML list"
    XML = "XML of another kind"
    URL_LIST = "a list of URLs"
    GZIP = "compressed data"
    BINARY = "binary data"
    TEXT = "plain text"
    EMPTY = "empty"


_ROOTS = {
    "rss": Format.FEED,
    "rdf": Format.FEED,
    "feed": Format.FEED,
    "channel": Format.FEED,
    "urlset": Format.URLSET,
    "sitemapindex": Format.SITEMAPINDEX,
    "html": Format.HTML,
    "head": Format.HTML,
    "body": Format.HTML,
    "opml": Format.OPML,
}
# Comments, processing instructions and a DOCTYPE (with or without internal subset) that come before the root element.
_PROLOG = re.compile(rb"\s*(?:<!--.*?-->|<\?.*?\?>|<!DOCTYPE\s+html[^>]*>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_ELEMENT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)")
_HTML_DOCTYPE = re.compile(rb"<!DOCTYPE\s+html", re.IGNORECASE)
_HTML_PART = re.compile(rb"<(?:html|head|body|title|script|div|meta)[\s>]", re.IGNORECASE)
_FEED_ROOT = re.compile(rb"<(?:\?xml\s|rss[\s>]|feed[\s>]|rdf:RDF[\s>])", re.IGNORECASE)
_URL_LINE = re.compile(rb"https?://\S+\s*(?:[\r\n]|$)", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_UNICODE_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WIDE_STARTS = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED_ENCODING = re.compile(rb"(<\?xml[^>]{0,200}?)\s+encoding=[\"'][^\"']*[\"']")


def utf8_bytes(body: bytes) -> bytes:
    """The document without byte order mark and leading white space; UTF-16 and UTF-32 become UTF-8 (all markup here is found as bytes).

    Raises FeedUnreadableError when a document that starts as UTF-16 or UTF-32 isn't.
    """
    for mark, encoding in _UNICODE_MARKS + _WIDE_STARTS:
        if body.startswith(mark):
            try:
                text = body.decode(encoding).lstrip("\ufeff")
            except UnicodeDecodeError:
                raise FeedUnreadableError(f"it starts as {encoding} and is not") from None
            return _DECLARED_ENCODING.sub(rb"\1", text.encode(), count=1)
    return body.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0b\x0c\x00")


def sniff(body: bytes) -> Format:
    """What a document is. `body` comes from `utf8_bytes`."""
    if not body:
        return Format.EMPTY
    if body.startswith(b"\x1f\x8b"):
        return Format.GZIP
    if body[:1] in (b"{", b"["):
        return Format.JSON
    if body.startswith(b"<"):
        return _sniff_markup(body)
    if _URL_LINE.match(body):
        return Format.URL_LIST
    if b"\x00" in body[:_HEAD]:
        return Format.BINARY
    return Format.HTML if _HTML_PART.search(body, 0, _HEAD) else Format.TEXT


def start_of_feed(body: bytes) -> int:
    """Where a feed's XML starts, when a server put warnings or blank lines before it; -1 when nothing looks like one."""
    found = _FEED_ROOT.search(body, 0, 2 * _HEAD)
    return found.start() if found else -1


def describe(body: bytes) -> str:
    """For people: what the document is in place of what was expected."""
    found = sniff(body)
    title = _TITLE.search(body, 0, 16 * _HEAD) if found is Format.HTML else None
    if title is None:
        return f"it is {found.value}"
    words = " ".join(title.group(1).decode("utf-8", "replace").split())
    return f"it is {found.value} titled {words[:100]!r}"


def _sniff_markup(body: bytes) -> Format:
    position = 0
    while (found := _PROLOG.match(body, position)) is not None:
        if _HTML_DOCTYPE.match(found.group().lstrip()):
            return Format.HTML
        position = found.end()
    root = _ELEMENT.search(body, position, position + _HEAD)
    if root is None:
        return Format.XML
    known = _ROOTS.get(root.group(1).decode("ascii", "replace").lower())
    if known is not None:
        return known
    return Format.HTML if _HTML_PART.search(body, position, position + _HEAD) else Format.XML
