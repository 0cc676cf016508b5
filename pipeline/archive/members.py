"""WARC records as gzip members (ISO 28500, WARC/1.1): one member a record, so that each can be read and replaced alone. Pure."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from pipeline.errors import PermanentError
from pipeline.records import Response

# Headers that describe the body as it was sent; it is stored decoded, so they are kept under other names (as pywb and others do).
_AS_SENT = ("content-encoding", "transfer-encoding", "content-length")
_PREFIX = "x-archive-orig-"
_GZIP_LEVEL = 4  # 1.8 ms for a page of 200 KB; level 6 takes 3.2 ms and saves 5 %, level 1 takes 1.2 ms and costs 13 %
_GZIP_HEADER = b"\x1f\x8b\x08%c\0\0\0\0\0\xff"  # RFC 1952: flags vary, no time, unknown system
_HAS_COMMENT = 0x10
Fields = tuple[tuple[str, str], ...]


def new_record_id() -> str:
    """A WARC-Record-ID."""
    return f"<urn:uuid:{uuid4()}>"


def warc_date(moment: datetime) -> str:
    """A WARC-Date, with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256_label(data: bytes) -> str:
    """A digest as WARC writes it: the algorithm and base32."""
    return _label(hashlib.sha256(data).digest())


def _label(digest: bytes) -> str:
    return "sha256:" + base64.b32encode(digest).decode("ascii")


def info_member(*, file_name: str, now: datetime) -> bytes:
    """The first record of a file: who wrote it."""
    block = b"software: Dateline\r\nformat: WARC File Format 1.1\r\nisPartOf: dateline\r\n"
    fields = (("WARC-Type", "warcinfo"), ("WARC-Filename", file_name), ("Content-Type", "application/warc-fields"))
    return _member(fields, block, record_id=new_record_id(), moment=now)


def response_member(response: Response, record_id: str, payload: bytes) -> bytes:
    """A response: its status and headers, and its body decoded, whose SHA-256 is `payload`."""
    protocol = "h2" if response.http_version == "HTTP/2" else response.http_version.lower()
    fields = (
        ("WARC-Type", "response"),
        ("WARC-Target-URI", response.url),
        ("WARC-Protocol", protocol),
        ("Content-Type", "application/http;msgtype=response"),
        ("WARC-Payload-Digest", _label(payload)),
    )
    return _member(fields, _http_head(response) + response.body, record_id=record_id, moment=response.started_at)


def facts_member(response: Response, facts: bytes, response_id: str) -> bytes:
    """The metadata record that belongs to a response."""
    fields = (
        ("WARC-Type", "metadata"),
        ("WARC-Target-URI", response.url),
        ("WARC-Concurrent-To", response_id),
        ("Content-Type", "application/json"),
    )
    return _member(fields, facts, record_id=new_record_id(), moment=response.started_at)


def tombstone_member(length: int, *, now: datetime) -> bytes:
    """A record that says nothing, exactly `length` bytes long, to lie where another one was: the padding is gzip's comment.

    Raises PermanentError when `length` is too short for any record; none that is written here is.
    """
    fields = (("WARC-Type", "metadata"),)  # no more: the shortest records that are written here leave a few bytes to spare
    bare = _member(fields, b"", record_id=new_record_id(), moment=now)
    padding = length - len(bare) - 1  # the comment's own end
    if padding < 0:
        raise PermanentError(f"{length} bytes are no room for a record")
    header = len(_GZIP_HEADER % 0)
    return _GZIP_HEADER % _HAS_COMMENT + b"-" * padding + b"\0" + bare[header:]


def original_headers(archived: Iterable[tuple[str, str]]) -> Fields:
    """The headers of an archived response as they came, out of those in its record."""
    kept = [(name.lower(), value) for name, value in archived][:-1]  # the last one is the length that the record needs
    return tuple((name.removeprefix(_PREFIX), value) for name, value in kept)


def _http_head(response: Response) -> bytes:
    renamed = [(_PREFIX + name if name in _AS_SENT else name, value) for name, value in response.headers]
    fields = [*renamed, ("content-length", str(len(response.body)))]
    head = f"HTTP/1.1 {response.status} {_phrase(response.status)}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode("utf-8") + b"\r\n"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _member(fields: Fields, block: bytes, *, record_id: str, moment: datetime) -> bytes:
    common = (
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(moment)),
        ("WARC-Block-Digest", sha256_label(block)),
        ("Content-Length", str(len(block))),
    )
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in (*fields, *common)) + "\r\n"
    record = head.encode("utf-8") + block + b"\r\n\r\n"
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(record) + packer.flush()
    return _GZIP_HEADER % 0 + packed + struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)
