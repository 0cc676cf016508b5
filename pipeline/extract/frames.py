"""Length-prefixed messages between a worker and its children: a JSON header, then raw bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

PREFIX = struct.Struct("!II")  # bytes of header, bytes of body
MAX_HEADER = 64_000_000
MAX_BODY = 512_000_000


def pack(header: Mapping[str, Any], body: bytes) -> bytes:
    """One message."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return PREFIX.pack(len(head), len(body)) + head + body


def sizes(prefix: bytes) -> tuple[int, int]:
    """Bytes of header and body that follow a prefix; ValueError where the other side can't have meant it."""
    head, body = PREFIX.unpack(prefix)
    if head > MAX_HEADER or body > MAX_BODY:
        raise ValueError("not a message")
    return head, body


def unpack_header(head: bytes) -> dict[str, Any]:
    """The header of a message."""
    return dict(json.loads(head.decode("utf-8", "surrogatepass")))
