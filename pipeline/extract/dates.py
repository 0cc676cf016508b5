"""When an article was published and modified: reading printed dates, and choosing among those that a page claims.

A date is never invented: nothing before 1990, nothing in the future, no date that is only the day of the crawl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.extract.rules import AGENCIES, AND, BY, CHANGED, MONTHS, PUBLISHED, ZONE_PLACES, ZONES
from pipeline.records import DateClaim, Evidence, Precision

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE = timedelta(minutes=5)  # what two clocks may differ
_MAX_CHARS = 200

_PUBLISHED_ORDER = (
    ("published", "jsonld"),
    ("published", "opengraph"),
    ("published", "microdata"),
    ("published", "news_sitemap"),
    ("published", "meta"),
    ("created", "jsonld"),
    ("time", "html"),
    ("published", "feed"),
    ("date_near", "html"),
    ("labelled_date", "html"),
    ("date_within", "html"),
    ("printed_date", "html"),
    ("published", "url"),
    ("modified", "jsonld"),
    ("modified", "opengraph"),
    ("changed_near", "html"),
)
_STATED = 12  # the first of them are stated by page or feed; the others are guesses
_SAME = timedelta(minutes=1)  # printed times have no seconds
_MODIFIED_ORDER = (
    ("modified", "jsonld"),
    ("modified", "opengraph"),
    ("modified", "microdata"),
    ("modified", "meta"),
    ("changed_near", "html"),
)
_CRAWL_SUSPECTS = frozenset(
    {("printed_date", "html"), ("date_near", "html"), ("date_within", "html"), ("time", "html"), ("published", "meta")}
)

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2}(?!\d)|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?$")
_RFC5322 = re.compile(r"^[A-Za-z]{3},? \d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}")
_SLASHED_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s*(?:de\s+|of\s+|-)?([^\W\d_]{3,12})[.,]?\s*(?:de\s+|del\s+|-)?(\d{4})(?!\d)", re.IGNORECASE
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)", re.IGNORECASE)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s?[:.h時时]\s?(\d{2})(?::(\d{2}))?(?!\d)\s*([ap]\.m\.|[ap]m\b\.?|[ap]\.m\b)?", re.IGNORECASE)
_HALF = re.compile(r"\s{0,3}([ap]\.m\.|[ap]m\b)", re.IGNORECASE)
# What may stand between a time and its zone: "10:15 Uhr (MEZ)".
_TO_ZONE = r"\s{0,3}(?:(?:Uhr\b|hrs?\b\.?|hours\b)\s{0,3})?[(\[]?"
_OFFSET_ZONE = re.compile(
    rf"{_TO_ZONE}(?:(?:UTC|GMT)\s?([+−–-])(\d{{1,2}})|(\+)(\d{{2}})(?=:?\d\d))(?::?(\d{{2}}))?(?![\d:])", re.IGNORECASE
)
_LONG_ZONE = re.compile(
    rf"{_TO_ZONE}(?:U\.?S\.?\s)?(eastern|central|mountain|pacific)(?:(?:\s(?:standard|daylight))?\stime\b|(?!\s?\w))", re.IGNORECASE
)
_ZONE_WORD = re.compile(rf"{_TO_ZONE}([^\W\d_]{{1,5}})\b(?![+-]?\d)(?-i:(\s{{1,3}}[A-Z]{{2,12}}\b))?", re.IGNORECASE)
_ANY_CASE = frozenset({"utc", "gmt", "cet", "cest", "mez", "mesz", "msk", "мск"})  # are no words of a language
_NO_ZONE = frozenset(
    {"at", "in", "on", "uhr", "hr", "hrs", *BY, *AND, *CHANGED, *PUBLISHED, *AGENCIES}
)  # begin what follows a time in capitals
_URL_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})[/_.-]?(0?[1-9]|1[0-2])[/_.-]?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A date as printed: its parts before the outlet's zone is applied."""

    moment: datetime  # naive where the page named no zone that is known
    precision: Precision
    zone_word: str | None = None  # what stands after the time and is no zone known here: "IST"


def zone_of(name: str) -> tzinfo:
    """The zone called `name` (IANA); UTC for a name that is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def choose_published(claims: Sequence[Evidence], *, zone: tzinfo, language: str | None, now: datetime) -> tuple[DateClaim, Evidence] | None:
    """The first usable claim in order of trust, at its best precision, and the claim itself.

    An origin that has publication and modification mixed up is asked last of those that state a date.
    """
    mixed_up = {origin for origin in ("jsonld", "opengraph", "microdata") if _mixed_up(origin, claims, zone, language)}
    for key in sorted(_PUBLISHED_ORDER[:_STATED], key=lambda key: key[1] in mixed_up) + list(_PUBLISHED_ORDER[_STATED:]):
        for claim in claims:
            if (claim.field, claim.origin) != key:
                continue
            dated = _settled(claim.value, zone=zone, language=language, now=now)
            if dated and not (key in _CRAWL_SUSPECTS and dated.precision is Precision.DAY and _is_today(dated, zone, now)):
                return _sharpened(dated, claims, zone, language), claim
    return None


def _mixed_up(origin: str, claims: Sequence[Evidence], zone: tzinfo, language: str | None) -> bool:
    """Whether an origin says "published" after "modified", and another origin gives that modification as the publication.

    The first alone proves nothing: a page that was scheduled is modified before it is out.
    """

    def first(field: str) -> DateClaim | None:
        values = (claim.value for claim in claims if (claim.field, claim.origin) == (field, origin))
        return next((dated for value in values if (dated := read_date(value, zone=zone, language=language))), None)

    published, modified = first("published"), first("modified")
    if published is None or modified is None or modified.at >= published.at:
        return False
    others = (claim for claim in claims if claim.origin != origin and (claim.field, claim.origin) in _PUBLISHED_ORDER[:_STATED])
    return any(
        dated.precision is not Precision.DAY and abs(dated.at - modified.at) < _SAME
        for claim in others
        if (dated := read_date(claim.value, zone=zone, language=language))
    )


def choose_modified(
    claims: Sequence[Evidence], *, published: DateClaim | None, zone: tzinfo, language: str | None, now: datetime
) -> DateClaim | None:
    """The publisher's claim of a later edit; None where it is missing, implausible, or not after the publication."""
    for key in _MODIFIED_ORDER:
        for claim in claims:
            if (claim.field, claim.origin) == key and (dated := _settled(claim.value, zone=zone, language=language, now=now)):
                return dated if published is None or dated.at > published.at else None
    return None


def url_date(url: str) -> str | None:
    """The day that a URL's path carries, as YYYY-MM-DD; None where it carries none."""
    for match in _URL_DATE.finditer(url.partition("://")[2].partition("/")[2]):
        year, month, day = (int(part) for part in match.groups())
        if printed := _printed((year, month, day)):
            return f"{printed.moment:%Y-%m-%d}"
    return None


def read_date(text: str, *, zone: tzinfo, language: str | None) -> DateClaim | None:
    """A printed date as a moment in UTC; `zone` is the outlet's, for dates without one. None where no full date is found.

    Of a time with a zone that is not known here, and that the outlet's does not go by ("IST" in India), the day is taken.
    """
    printed = read_printed(text[:_MAX_CHARS].strip(), language)
    if printed is None:
        return None
    moment, precision = printed.moment if printed.moment.tzinfo else printed.moment.replace(tzinfo=zone), printed.precision
    if printed.zone_word and printed.zone_word != moment.tzname():
        moment, precision = moment.replace(hour=0, minute=0, second=0), Precision.DAY
    try:
        return DateClaim(at=moment.astimezone(UTC), precision=precision)
    except OverflowError:
        return None


def written(dated: DateClaim, zone: tzinfo) -> str:
    """A moment in ISO 8601, as exact as it is known, so that `read_date` gives the same again: a day as that of `zone`."""
    if dated.precision is Precision.DAY:
        return f"{dated.at.astimezone(zone):%Y-%m-%d}"
    return dated.at.isoformat(timespec="minutes" if dated.precision is Precision.MINUTE else "auto")


def read_printed(text: str, language: str | None = None) -> Printed | None:
    """The parts of a printed date, in ISO 8601, RFC 5322, digits, or words of some 20 languages."""
    return _iso(text, language) or _rfc5322(text) or _in_words(text, language)


def _iso(text: str, language: str | None) -> Printed | None:
    match = _ISO.search(text) or _PACKED.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    if hour and not offset:
        half = _HALF.match(text, match.end())
        after = text[half.end() if half else match.end() :]
        return _timed((int(year), int(month), int(day)), (hour, minute, second), half[1] if half else None, after, language)
    return _printed((int(year), int(month), int(day)), (hour, minute, second), _offset(offset))


def _rfc5322(text: str) -> Printed | None:
    if not _RFC5322.match(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return Printed(moment=moment, precision=Precision.SECOND)


def _in_words(text: str, language: str | None) -> Printed | None:
    for year, month, day, start, end in _days(text, language):
        rest = text[end:] + " | " + text[:start]
        clock = next((match for match in _CLOCK.finditer(rest) if int(match[1]) < 24 and int(match[2]) < 60), None)
        if clock is None:
            return _printed((year, month, day))
        return _timed((year, month, day), (clock[1], clock[2], clock[3]), clock[4], rest[clock.end() :], language)
    return None


def _timed(
    day: tuple[int, int, int], clock: tuple[str, str, str | None], half: str | None, after: str, language: str | None
) -> Printed | None:
    """A day with a time, in the zone that is named right `after` it; `half` is a.m. or p.m."""
    zone = _zone_after(after, language, half=half is not None)
    unknown = zone if isinstance(zone, str) else None
    printed = _printed(day, (str(_hour24(int(clock[0]), half)), clock[1], clock[2]), None if isinstance(zone, str) else zone)
    return replace(printed, zone_word=unknown) if printed else None


def _zone_after(text: str, language: str | None, *, half: bool) -> tzinfo | str | None:
    """The zone that stands right after a time; as printed where it is not known here, None for none. `half`: a.m. or p.m. precede it."""
    if offset := _OFFSET_ZONE.match(text):
        hours, minutes = offset[2] or offset[4], offset[5] or "00"
        sign = "+" if (offset[1] or offset[3]) == "+" else "-"
        return _offset(f"{sign}{hours:0>2}{minutes}") or offset[0].strip()
    if long := _LONG_ZONE.match(text):
        return zone_of(ZONE_PLACES[long[1].casefold()])
    word = _ZONE_WORD.match(text)
    if word is None or not (word[1].isupper() or word[1].casefold() in _ANY_CASE or (half and word[1].islower())):
        return None
    name = word[1].casefold()
    if name == "et" and (language or "").startswith("fr"):
        return None  # "and"
    if name in ZONE_PLACES:
        return zone_of(ZONE_PLACES[name])
    if name in ZONES:
        return timezone(timedelta(hours=ZONES[name]))
    is_zone = word[1].isupper() and len(name) > 1 and not word[2] and name not in _NO_ZONE
    return word[1] if is_zone else None


def _days(text: str, language: str | None) -> Iterator[tuple[int, int, int, int, int]]:
    """Every full day in `text`: year, month, day, and where it stands."""
    for pattern in (_CJK, _SLASHED_YEAR_FIRST):
        for match in pattern.finditer(text):
            yield int(match[1]), int(match[2]), int(match[3]), match.start(), match.end()
    for match in _DAY_MONTH.finditer(text):
        if month := MONTHS.get(match[2].casefold()):
            yield int(match[3]), month, int(match[1]), match.start(), match.end()
    for match in _MONTH_DAY.finditer(text):
        if month := MONTHS.get(match[1].casefold()):
            yield int(match[3]), month, int(match[2]), match.start(), match.end()
    for match in _NUMERIC.finditer(text):
        first, second = int(match[1]), int(match[3])
        month_first = second > 12 or (first <= 12 and match[2] == "/" and (language or "").startswith("en"))
        yield int(match[4]), first if month_first else second, second if month_first else first, match.start(), match.end()


def _hour24(hour: int, half: str | None) -> int:
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in "zZ":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:]) if len(text) > 3 else 0
    if hours > 14 or minutes > 59:
        return None
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _printed(
    day: tuple[int, int, int], clock: tuple[str | None, str | None, str | None] = (None, None, None), zone: tzinfo | None = None
) -> Printed | None:
    """None for parts that are no date. Midnight sharp is how systems write a bare day."""
    try:
        hour, minute, second = (int(part or 0) for part in clock)
        moment = datetime(*day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    if clock[0] is None or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return Printed(moment=moment, precision=Precision.DAY)
    return Printed(moment=moment, precision=Precision.SECOND if clock[2] is not None else Precision.MINUTE)


def _settled(text: str, *, zone: tzinfo, language: str | None, now: datetime) -> DateClaim | None:
    """A claim's moment where it is possible at all; None for others.

    A time that is still to come and says UTC is the outlet's local time under a wrong label, as some systems write it.
    """
    dated = read_date(text, zone=zone, language=language)
    if dated is not None and dated.at > now + FUTURE and dated.precision is not Precision.DAY:
        printed = read_printed(text[:_MAX_CHARS].strip(), language)
        if printed is not None and printed.moment.utcoffset() == timedelta(0):
            dated = replace(dated, at=printed.moment.replace(tzinfo=zone).astimezone(UTC))
    return dated if dated is not None and EARLIEST <= dated.at <= now + FUTURE else None


def _is_today(dated: DateClaim, zone: tzinfo, now: datetime) -> bool:
    return dated.at.astimezone(zone).date() == now.astimezone(zone).date()


def _sharpened(dated: DateClaim, claims: Sequence[Evidence], zone: tzinfo, language: str | None) -> DateClaim:
    """A claim with a time of the same local day, where `dated` names only the day."""
    if dated.precision is not Precision.DAY:
        return dated
    day = dated.at.astimezone(zone).date()
    for claim in claims:
        if claim.field in {"published", "time"}:
            other = read_date(claim.value, zone=zone, language=language)
            if other and other.precision is not Precision.DAY and other.at.astimezone(zone).date() == day:
                return other
    return dated
