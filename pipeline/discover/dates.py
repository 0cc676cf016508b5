"""Dates as feeds and sitemaps print them: RFC 822 and its dialects, ISO 8601 and its dialects."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline.records import DateClaim, Precision

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # no news page is older than the web; 1970 is an unset clock
_AHEAD = timedelta(days=1)  # a date further in the future is a mistake or an event's, never a publication's
_MAX_DATE_CHARS = 100

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"  # day
    r"(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?"  # time
    r"\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.IGNORECASE,
)
_COMPACT_ISO = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?)?", re.IGNORECASE)
_ANCIENT_YEAR = re.compile(r"(?<![+\-\d])0\d{3}(?!\d)")  # "01 Jan 0001": a program's zero, which the standard library reads as 2001
_RFC822_TIME = re.compile(r"\d:\d\d(:\d\d)?")
_ZONE_NAME = re.compile(r"\s([A-Z]{2,5})$")
# Zones that RFC 822 does not know but feeds print; where two countries share a name, the one that feeds of ours print.
_ZONE_HOURS = {
    **{
        "WET": 0,
        "WEST": 1,
        "BST": 1,
        "CET": 1,
        "MET": 1,
        "CEST": 2,
        "MEST": 2,
        "EET": 2,
        "SAST": 2,
        "EEST": 3,
        "MSK": 3,
        "EAT": 3,
        "GST": 4,
    },
    **{
        "PKT": 5,
        "IST": 5.5,
        "BDT": 6,
        "WIB": 7,
        "ICT": 7,
        "SGT": 8,
        "HKT": 8,
        "PHT": 8,
        "AWST": 8,
        "JST": 9,
        "KST": 9,
        "AEST": 10,
        "AEDT": 11,
    },
    **{"NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "AKST": -9, "AKDT": -8, "HST": -10},
}


def read_date(text: str, *, now: datetime, zone: str = "UTC") -> DateClaim | None:
    """The moment that a feed's date means, or None when it is none or no plausible one (before 1990, or over a day ahead of `now`).

    A date without an offset is taken in `zone` (IANA name, the source's). A date without a time is that day at 00:00 UTC.
    """
    text = " ".join(text[: 4 * _MAX_DATE_CHARS].split())
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    try:
        claim = _iso(text, zone) or _rfc822(text, zone)
    except (ValueError, OverflowError):
        return None  # a 31st of February, an offset of a week
    return claim if claim is not None and _OLDEST <= claim.at <= now + _AHEAD else None


def _iso(text: str, zone: str) -> DateClaim | None:
    found = _ISO.match(text) or _COMPACT_ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    if hour is None:
        return DateClaim(at=datetime(int(year), int(month), int(day), tzinfo=UTC), precision=Precision.DAY)
    midnight = datetime(int(year), int(month), int(day), tzinfo=_zone(offset, zone))
    if int(hour) > 24:
        return None
    clock = midnight.replace(hour=int(hour) % 24, minute=int(minute), second=min(int(second or 0), 59))
    moment = clock + timedelta(days=int(hour) // 24)  # hour 24 is the next day's first
    return DateClaim(at=moment.astimezone(UTC), precision=Precision.MINUTE if second is None else Precision.SECOND)


def _zone(offset: str | None, zone: str) -> timezone | ZoneInfo:
    if not offset:
        return _zone_info(zone)
    if offset.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if offset[0] == "-" else size)


@lru_cache(maxsize=512)
def _zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _rfc822(text: str, zone: str) -> DateClaim | None:
    named = _ZONE_NAME.search(text)
    hours = _ZONE_HOURS.get(named.group(1)) if named else None
    if named and hours is not None:
        text = text[: named.start()]
    clock = _RFC822_TIME.search(text)
    fields = parsedate_tz(text if clock else text + " 00:00")
    if fields is None or _ANCIENT_YEAR.search(text):
        return None
    year, month, day, hour, minute, second = fields[:6]
    if clock is None:
        return DateClaim(at=datetime(year, month, day, tzinfo=UTC), precision=Precision.DAY)
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_rfc822_zone(text[clock.end() :], hours, fields[9], zone))
    return DateClaim(at=moment.astimezone(UTC), precision=Precision.SECOND if clock.group(1) else Precision.MINUTE)


def _rfc822_zone(after_time: str, named_hours: float | None, offset_seconds: int | None, zone: str) -> timezone | ZoneInfo:
    if named_hours is not None:
        return timezone(timedelta(hours=named_hours))
    return timezone(timedelta(seconds=offset_seconds or 0)) if after_time.strip() else _zone_info(zone)
