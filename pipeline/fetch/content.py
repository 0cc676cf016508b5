"""What a response's body really is: the declared type, and its first bytes where the declaration says little or is contradicted."""

from __future__ import annotations

import re
from enum import StrEnum

from pipeline.records import Response

_SNIFFED = 2048  # bytes; WHATWG's MIME Sniffing reads 1,445


class ContentKind(StrEnum):
    """Kinds of bodies that are told apart."""

    EMPTY = "empty"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    TEXT = "text"
    PDF = "pdf"
    IMAGE = "image"
    MEDIA = "media"  # sound and moving pictures
    BINARY = "binary"


_MAGIC = (
    (b"%PDF-", ContentKind.PDF),
    (b"\x89PNG\r\n\x1a\n", ContentKind.IMAGE),
    (b"\xff\xd8\xff", ContentKind.IMAGE),
    (b"GIF8", ContentKind.IMAGE),
    (b"ID3", ContentKind.MEDIA),
    (b"\x1aE\xdf\xa3", ContentKind.MEDIA),
    (b"PK\x03\x04", ContentKind.BINARY),
    (b"\x1f\x8b", ContentKind.BINARY),
    (b"\x00\x00\x00", ContentKind.MEDIA),  # ISO media files begin with the length of their first box
)
_TYPES = (
    (re.compile(r"text/html|application/xhtml\+xml"), ContentKind.HTML),
    (re.compile(r"application/(?:[\w.-]+\+)?json|text/json"), ContentKind.JSON),
    (re.compile(r"(?:text|application)/xml|application/[\w.-]+\+xml"), ContentKind.XML),
    (re.compile(r"image/.*"), ContentKind.IMAGE),
    (re.compile(r"(?:audio|video)/.*"), ContentKind.MEDIA),
    (re.compile(r"application/(?:x-)?pdf"), ContentKind.PDF),
)
_SAY_LITTLE = re.compile(r"|text/plain|application/octet-stream|binary/octet-stream|unknown/unknown|\*/\*")
# WHATWG MIME Sniffing, 7.1: tags that only HTML begins with.
_HTML_START = re.compile(
    rb"<(?:!doctype html|html|head|body|script|iframe|h1|div|font|table|style|title|article|main|section|meta|link|p|br|a|b)[\s>/]|<!--",
    re.IGNORECASE,
)
_XHTML = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)


def media_type(response: Response) -> str:
    """The declared type, lower case, without parameters; empty when none is declared."""
    return (response.header("content-type") or "").partition(";")[0].strip().lower()


def content_kind(response: Response) -> ContentKind:
    """What the body is. Bytes that can't be text win over any declaration; a declared text type wins over looks."""
    start = _first_bytes(response.body)
    if not start:
        return ContentKind.EMPTY
    magic = next((kind for prefix, kind in _MAGIC if start.startswith(prefix)), None)
    if magic is not None:
        return magic
    declared = media_type(response)
    kind = next((kind for pattern, kind in _TYPES if pattern.fullmatch(declared)), None)
    if kind is ContentKind.XML and _XHTML.search(start):
        return ContentKind.HTML
    if kind is None:
        return _sniffed(start) if _SAY_LITTLE.fullmatch(declared) or declared.startswith("text/") else ContentKind.BINARY
    return kind


def _first_bytes(body: bytes) -> bytes:
    start = body[:_SNIFFED]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16: its ASCII is enough here
        start = start[2:].replace(b"\x00", b"")
    stripped = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0c")
    return stripped if stripped or len(body) <= _SNIFFED else body[_SNIFFED : 2 * _SNIFFED].lstrip(b" \t\r\n\x0c")


def _sniffed(start: bytes) -> ContentKind:
    if _HTML_START.match(start):
        return ContentKind.HTML
    if start.startswith(b"<?xml"):
        return ContentKind.HTML if _XHTML.search(start) else ContentKind.XML
    if start[:1] in (b"{", b"["):
        return ContentKind.JSON
    return ContentKind.BINARY if b"\x00" in start else ContentKind.TEXT


def is_html(response: Response) -> bool:
    """Whether the body is a web page."""
    return content_kind(response) is ContentKind.HTML
