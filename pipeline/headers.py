"""Header fields: which values are safe to send and keep, and how dates and numbers in them are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.records import Validators

_MAX_VALIDATOR_CHARS = 1024  # longer ones are no validators, and servers answer 431 to them
_VISIBLE = re.compile(r"[\x20-\x7e]+")  # RFC 9110, 5.5, without obs-text: what every client and server can carry
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")  # RFC 9110, 5.1; HTTP/2 as httpcore reads it lets other names through
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # and these in values
_SECONDS = re.compile(r"([0-9]{1,12})(?:\.[0-9]{0,9})?")


def is_safe_value(value: str) -> bool:
    """Whether a value may stand in a request header: visible ASCII and spaces, none at the ends."""
    return _VISIBLE.fullmatch(value) is not None and value == value.strip()


def safe_validators(etag: str | None, last_modified: str | None) -> Validators:
    """Validators as a server gave them, verbatim; one that can't be sent back unchanged is dropped (FAULTS, row 17)."""
    return Validators(etag=_safe(etag), last_modified=_safe(last_modified))


def _safe(value: str | None) -> str | None:
    return value if value and len(value) <= _MAX_VALIDATOR_CHARS and is_safe_value(value) else None


def conditional_headers(validators: Validators) -> tuple[tuple[str, str], ...]:
    """The request headers that ask "changed?"; both when both are known. Stored values are checked again."""
    safe = safe_validators(validators.etag, validators.last_modified)
    pairs = (("If-None-Match", safe.etag), ("If-Modified-Since", safe.last_modified))
    return tuple((name, value) for name, value in pairs if value is not None)


def decode_headers(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Response headers as text: names lower case, values UTF-8 or else Latin-1; fields that HTTP/1.1 could not carry are dropped."""
    decoded = ((_text(name).lower(), _text(value).strip()) for name, value in raw)
    return tuple((name, value) for name, value in decoded if _TOKEN.fullmatch(name) and not _CONTROL.search(value))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def parse_seconds(value: str) -> int | None:
    """Delta-seconds (RFC 9110, 10.2.3), a fraction cut off; None when it is no number of seconds."""
    match = _SECONDS.fullmatch(value.strip())
    return None if match is None else int(match[1])


def parse_date(value: str) -> datetime | None:
    """An HTTP date in any of its three forms (RFC 9110, 5.6.7), in UTC; None when it is none."""
    try:
        parsed = parsedate_to_datetime(value)
        return parsed.replace(tzinfo=parsed.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def unavailable_after(directive: str) -> datetime | None:
    """The moment of an unavailable_after directive (lower case): RFC 822, RFC 850 or ISO 8601 (Google's documentation); None: none."""
    name, _, value = directive.partition(":")
    if name.strip() != "unavailable_after":
        return None
    try:
        read = datetime.fromisoformat(value.strip().upper())
    except ValueError:
        return parse_date(value.strip())
    return read.replace(tzinfo=read.tzinfo or UTC)
