"""Feeds that are not well-formed XML: the usual slips are mended, the rest is left to feedparser, which reads as loosely as browsers.

feedparser is some fifty times slower than libxml2, and there are documents that hold it for minutes, so what it is given has a size
limit, and the caller runs in a child process that can be killed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser

from pipeline.discover.entries import MAX_ENTRIES, Entry, Reader, distinct
from pipeline.discover.xmlfeeds import FeedHead
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, Reading

_MAX_BYTES = 3_000_000  # about ten seconds of feedparser


_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13))
_LOOSE_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")


def mend(body: bytes) -> bytes:
    """The document without the commonest slips: control characters, bare ampersands, HTML's entities (`&nbsp;`, resolved with the text)."""
    return b"".join(_mended_parts(body.translate(None, _CONTROLS)))


def _mended_parts(body: bytes) -> Iterator[bytes]:
    """Inside of CDATA an ampersand is one; elsewhere it has to start a reference that XML knows."""
    position = 0
    while (start := body.find(b"<![CDATA[", position)) >= 0:
        end = body.find(b"]]>", start)
        yield _LOOSE_AMPERSAND.sub(b"&amp;", body[position:start])
        yield body[start : end + 3] if end >= 0 else body[start:]
        if end < 0:
            return
        position = end + 3
    yield _LOOSE_AMPERSAND.sub(b"&amp;", body[position:])


def read_broken_feed(body: bytes, head: FeedHead, *, content_type: str | None, now: datetime, zone: str, reason: str) -> Reading:
    """Read what can be read. `head`: what could be made out of the feed's own statements, and where it lies.

    `reason` says why the strict reader gave up; it is in the error (FeedUnreadableError) when not one entry can be read.
    """
    if len(body) > _MAX_BYTES:
        raise FeedUnreadableError(f"{reason}; too large to repair: {len(body)} bytes")
    headers = {"content-location": head.address} | ({"content-type": content_type} if content_type else {})
    parsed = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise FeedUnreadableError(f"no feed can be made out in it: {reason}")
    reader = Reader(now=now, zone=zone, language=head.language or _string(parsed.feed.get("language")))
    candidates, skipped = distinct(reader.candidate(_entry(entry, head.address)) for entry in islice(parsed.entries, MAX_ENTRIES))
    if not candidates:  # an entry that was cut off before its link is none
        raise FeedUnreadableError(f"not well-formed: {reason}")
    kind = EndpointKind.ATOM if parsed.version.startswith("atom") else EndpointKind.RSS
    return head.reading(kind, candidates, skipped=skipped, broken_off=not _has_end(body))


def _entry(entry: Any, base: str) -> Entry:
    return Entry(
        links=tuple(_links(entry)),
        base=base,
        title=_string(entry.get("title")),
        guid=_string(entry.get("id")),
        authors=tuple(_string(author.get("name")) for author in entry.get("authors", ())),
        published=_string(entry.get("published")),
        updated=_string(entry.get("updated")) if "updated" in entry.keys() else "",  # noqa: SIM118 - `in entry` answers for `published` too
        categories=tuple(_string(tag.get("label") or tag.get("term")) for tag in entry.get("tags", ())),
        summary=_string(entry.get("summary")),
        language=_string(entry.get("language")) or _text_language(entry),
    )


def _text_language(entry: Any) -> str:
    """The language of its texts, of their own or inherited (xml:lang)."""
    texts = (*entry.get("content", ()), entry.get("summary_detail", {}), entry.get("title_detail", {}))
    return next((stated for text in texts if (stated := _string(text.get("language")))), "")


def _links(entry: Any) -> Iterator[str]:
    yield _string(entry.get("feedburner_origlink"))
    if entry.get("links"):  # else it is made of the id
        yield _string(entry.get("link"))
    yield from (_string(link.get("href")) for link in entry.get("links", ()) if link.get("rel") == "alternate")
    sources = [content for content in entry.get("content", ()) if content.get("src")]
    yield from (urljoin(_string(content.get("base")), _string(content.get("src"))) for content in sources)
    identifier = _string(entry.get("id"))
    if entry.get("guidislink") and identifier.startswith(("http://", "https://")):
        yield identifier


def _has_end(body: bytes) -> bool:
    """Whether the document's last tag is there; if not, the connection or the server broke off, and the rest may come next time."""
    tail = body[-2000:].lower()
    return any(end in tail for end in (b"</rss", b"</feed", b"</rdf:rdf", b"</channel"))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
