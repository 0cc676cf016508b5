"""What a response's headers say to a poller: validators, freshness, Retry-After (RFC 9110, RFC 9111)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.records import Response, Validators

_MAX_VALIDATOR_CHARS = 1000
_SENDABLE = re.compile(r"[\x20-\x7e]+")  # what may stand in a header we send: no line ends, nothing that isn't ASCII
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_RETRY_LEAST, _RETRY_MOST = timedelta(seconds=60), timedelta(hours=24)  # COURTESY H4
_FRESHNESS_MOST = timedelta(hours=24)  # a feed that is "fresh for a year" is a mistake of its server's settings


def validators_of(response: Response) -> Validators:
    """The ETag and Last-Modified of a response, verbatim; one that can't be sent back as it is counts as not given."""
    return Validators(etag=_sendable(response.header("etag")), last_modified=_sendable(response.header("last-modified")))


def refreshed(kept: Validators, response: Response) -> Validators:
    """What to keep after a 304: the validators it carries replace those at hand, the others stay (RFC 9111 4.3.4)."""
    new = validators_of(response)
    return Validators(etag=new.etag or kept.etag, last_modified=new.last_modified or kept.last_modified)


def freshness(response: Response) -> timedelta:
    """For how long the response says that it stays fresh: max-age less Age, else Expires less Date (RFC 9111 4.2); a day at the most."""
    found = _MAX_AGE.search(response.header("cache-control") or "")
    if found is not None:
        age = response.header("age") or ""
        fresh = timedelta(seconds=int(found.group(1)) - (int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0))
    else:
        expires, date = http_date(response.header("expires")), http_date(response.header("date")) or response.ended_at
        fresh = expires - date if expires is not None else timedelta(0)
    return min(max(fresh, timedelta(0)), _FRESHNESS_MOST)


def retry_after(response: Response, now: datetime) -> timedelta | None:
    """How long a Retry-After asks to wait, as seconds or as a date; between a minute and a day. None: no such header, or nonsense."""
    value = (response.header("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:9]), 10**9))
    else:
        moment = http_date(value)
        if moment is None:
            return None
        wait = moment - now
    return min(max(wait, _RETRY_LEAST), _RETRY_MOST)


def http_date(text: str | None) -> datetime | None:
    """An HTTP date in any of its three forms (RFC 9110 5.6.7), in UTC; None for anything else."""
    try:
        moment = parsedate_to_datetime((text or "").strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _sendable(value: str | None) -> str | None:
    return value if value and len(value) <= _MAX_VALIDATOR_CHARS and _SENDABLE.fullmatch(value) else None
