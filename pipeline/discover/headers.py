"""What a response's headers say to a poller: validators, freshness, Retry-After (RFC 9110, RFC 9111)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pipeline.headers import parse_date, parse_seconds, safe_validators
from pipeline.records import Response, Validators

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_RETRY_LEAST, _RETRY_MOST = timedelta(seconds=60), timedelta(hours=24)  # COURTESY H4
_FRESHNESS_MOST = timedelta(hours=24)  # a feed that is "fresh for a year" is a mistake of its server's settings


def validators_of(response: Response) -> Validators:
    """The ETag and Last-Modified of a response, verbatim; one that can't be sent back as it is counts as not given."""
    return safe_validators(response.header("etag"), response.header("last-modified"))


def refreshed(kept: Validators, response: Response) -> Validators:
    """What to keep after a 304: the validators it carries replace those at hand, the others stay (RFC 9111 4.3.4)."""
    new = validators_of(response)
    return Validators(etag=new.etag or kept.etag, last_modified=new.last_modified or kept.last_modified)


def freshness(response: Response) -> timedelta:
    """For how long the response says that it stays fresh: max-age less Age, else Expires less Date (RFC 9111 4.2); a day at the most."""
    found = _MAX_AGE.search(response.header("cache-control") or "")
    if found is not None:
        age = min(parse_seconds(response.header("age") or "") or 0, 10**9)
        fresh = timedelta(seconds=int(found.group(1)) - age)
    else:
        expires, date = parse_date(response.header("expires") or ""), parse_date(response.header("date") or "") or response.ended_at
        fresh = expires - date if expires is not None else timedelta(0)
    return min(max(fresh, timedelta(0)), _FRESHNESS_MOST)


def retry_after(response: Response, now: datetime) -> timedelta | None:
    """How long a Retry-After asks to wait, as seconds or as a date; between a minute and a day. None: no such header, or nonsense."""
    value = response.header("retry-after") or ""
    seconds, moment = parse_seconds(value), parse_date(value)
    if seconds is None and moment is None:
        return None
    wait = moment - now if moment is not None else timedelta(seconds=min(seconds or 0, 10**9))
    return min(max(wait, _RETRY_LEAST), _RETRY_MOST)
