"""How often an endpoint is asked: publish rates and the intervals that follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.records import Candidate, EndpointKind, Reading
from pipeline.settings import Settings

_HALF_LIFE = timedelta(days=7)
_HOUR = timedelta(hours=1)
_SLOWEST = 1e-6  # entries an hour; slower ones are asked as seldom
_WINDOW_FLOOR = timedelta(minutes=5)  # DESIGN 9: a feed that overflows may be asked this often
_STATED_FLOOR = timedelta(minutes=10)  # DESIGN 5: where the feed's own max-age or ttl is shorter than the floor
_INDEX_INTERVAL = timedelta(hours=1)  # some indexes get a new child every day, and today's news are in it
_FEEDS = (EndpointKind.RSS, EndpointKind.ATOM, EndpointKind.JSONFEED)


def first_rate(candidates: Iterable[Candidate], now: datetime) -> float:
    """Entries an hour, by the dates of a document that is read for the first time: over the half-life, or its span if shorter."""
    claims = (candidate.published or candidate.updated for candidate in candidates)
    ages = [now - claim.at for claim in claims if claim is not None]
    recent = [age for age in ages if age <= _HALF_LIFE]
    if not recent:
        return 0.0
    span = _HALF_LIFE if len(recent) < len(ages) else max(recent)
    return len(recent) / (max(span, _HOUR) / _HOUR)


def next_rate(rate: float, rate_at: datetime | None, new_entries: int, now: datetime) -> float:
    """New entries an hour after `new_entries` were seen since `rate_at`: what was known counts half after 7 days."""
    elapsed = now - rate_at if rate_at is not None else timedelta(0)
    if elapsed <= timedelta(0):
        return rate
    kept = math.exp2(-(elapsed / _HALF_LIFE))
    return rate * kept + new_entries / (elapsed / _HOUR) * (1.0 - kept)


def stated_interval(reading: Reading | None, fresh: timedelta) -> timedelta:
    """The publisher's own least interval: the longer of the document's (ttl, sy:) and the response's freshness; zero: none stated."""
    hint = timedelta(seconds=reading.min_interval_seconds) if reading is not None else timedelta(0)
    return max(hint, fresh)


def next_interval(
    rate: float,
    *,
    kind: EndpointKind,
    window: int | None,
    stated: timedelta,
    overflowed: timedelta | None,
    settings: Settings,
    jitter: float,
) -> timedelta:
    """The time to the next poll of an endpoint that works.

    T = k / sqrt(rate) minimises the mean delay of entries under a budget of requests (DESIGN 5); k is the setting poll_interval_seconds.
    `rate` in new entries an hour; `window` is how many entries the document shows (None: unknown); `stated` the publisher's least interval;
    `overflowed` the time since the last poll when everything in the window was new since; `jitter` in [0, 1) spreads by ±10 %.
    The floor gives way to the window down to 5 minutes, and to 10 minutes where the publisher states less; nothing goes under `stated`.
    """
    floor, ceiling = timedelta(seconds=settings.poll_floor_seconds), timedelta(seconds=settings.poll_ceiling_seconds)
    wished = min(timedelta(seconds=settings.poll_interval_seconds) / math.sqrt(max(rate, _SLOWEST)), ceiling)
    if kind is EndpointKind.SITEMAP_INDEX:
        wished = min(wished, _INDEX_INTERVAL)
    wished *= 0.9 + 0.2 * jitter
    if timedelta(0) < stated < floor:
        floor = min(floor, _STATED_FLOOR)
    cap = _window_cap(rate, kind, window, overflowed)
    interval = max(wished, floor)
    if cap is not None:
        interval = min(interval, max(cap, min(_WINDOW_FLOOR, floor)))
    return max(interval, stated * (1 + 0.1 * jitter))


def _window_cap(rate: float, kind: EndpointKind, window: int | None, overflowed: timedelta | None) -> timedelta | None:
    """Half the time in which the feed's window overflows; sitemaps list days, not a number of entries."""
    if kind not in _FEEDS or not window:
        return None
    by_rate = window / rate / 2 * _HOUR if rate > _SLOWEST else None
    caps = [cap for cap in (by_rate, overflowed / 2 if overflowed is not None else None) if cap is not None]
    return min(caps, default=None)


def back_off(failures: float, weight: float, settings: Settings) -> timedelta:
    """The time to the next poll of an endpoint that fails: doubles with each ½ point of `failures`, up to a limit by the last `weight`.

    Temporary trouble (¼) is looked at again within the ceiling, soft trouble (½) daily, hard trouble (1) weekly: never given up silently.
    """
    limit = {0.25: timedelta(seconds=settings.poll_ceiling_seconds), 0.5: timedelta(days=1)}.get(weight, timedelta(days=7))
    return min(timedelta(seconds=settings.poll_floor_seconds) * math.exp2(min(2 * failures, 20)), limit)


def outside_skipped(moment: datetime, skip_hours: frozenset[int], skip_days: frozenset[int]) -> datetime:
    """The moment, or the start of the first hour after it in which the feed wants to be asked (skipHours, skipDays; UTC)."""
    if len(skip_hours) >= 24 or len(skip_days) >= 7:
        return moment  # "never" is a mistake
    at = moment
    while at.hour in skip_hours or at.weekday() in skip_days:
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    return at
