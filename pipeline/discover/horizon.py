"""What is too old to be today's news (DESIGN 9, Horizon)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.records import Candidate, ChildSitemap, DateClaim, EndpointKind, Precision
from pipeline.settings import Settings

_DAY = timedelta(days=1)
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])?[-_/.]?(0[1-9]|[12]\d|3[01])?(?!\d)")
_MAX_UNDATED_CHILDREN = 20  # of an index that dates nothing: the rest are archives


def within_horizon(candidate: Candidate, kind: EndpointKind, now: datetime, settings: Settings) -> bool:
    """Whether an entry of a document of this kind is young enough to be queued; its publication counts, else its last change.

    An entry without a date is young in a feed, a news sitemap or on a home page, which show what is current; in an ordinary sitemap it
    is old.
    """
    claim = candidate.published or candidate.updated
    if claim is None:
        return kind is not EndpointKind.SITEMAP
    return _latest(claim) >= now - timedelta(days=settings.horizon_days)


def children_within_horizon(children: Sequence[ChildSitemap], now: datetime, settings: Settings) -> tuple[ChildSitemap, ...]:
    """The sitemaps of an index that can hold young entries: changed lately, or, where no change is stated, named for a current period.

    Of those with neither, the first and the last ten are taken: indexes list their newest part at either end.
    """
    oldest = now - timedelta(days=settings.horizon_days)
    dated = [(child, _latest(child.updated) if child.updated else _end_of_named_period(child.url)) for child in children]
    unknown = [child for child, end in dated if end is None]
    half = _MAX_UNDATED_CHILDREN // 2
    kept = set(unknown) if len(unknown) <= _MAX_UNDATED_CHILDREN else {*unknown[:half], *unknown[-half:]}
    return tuple(child for child, end in dated if child in kept or (end is not None and end >= oldest))


def _latest(claim: DateClaim) -> datetime:
    """The latest moment that a date can mean: a day without a time lasts until its end, anywhere on earth half a day longer."""
    return claim.at + 1.5 * _DAY if claim.precision is Precision.DAY else claim.at


def _end_of_named_period(url: str) -> datetime | None:
    period = named_period(url)
    return period and period[1]


def named_period(url: str) -> tuple[datetime, datetime] | None:
    """Start and end of the year, month or day that a sitemap's address names: sitemap-2026-11.xml, /sitemap/2026/11/05.xml."""
    found = _YEAR_MONTH_DAY.search(url.split("/", 3)[3])
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    start, last = datetime(year or 1, month or 1, 1, tzinfo=UTC), datetime(year or 1, month or 12, 1, tzinfo=UTC)
    if month and day:
        return start + (day - 1) * _DAY, start + day * _DAY
    return start, last + 31 * _DAY
