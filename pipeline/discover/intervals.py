"""How often an endpoint is asked: publish rates and the intervals that follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.discover.rhythm import Week, busy_hours, time_until
from pipeline.records import Candidate, EndpointKind, Hints, Precision
from pipeline.settings import Settings

_HALF_LIFE = timedelta(days=7)
_HOUR = timedelta(hours=1)
_SLOWEST = 1e-6  # entries an hour; slower ones are asked as seldom
_EARLY, _LATE = 1 / 8, 1 / 4  # of a feed's window, filled at the usual rate: entries come in bursts of four times that
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


def next_rate(rate: float, rate_at: datetime | None, new_entries: int, now: datetime, week: Week) -> float:
    """New entries an hour after `new_entries` were seen since `rate_at`: what was known counts half after 7 days.

    The mean over the week: entries of busy hours count less, those of the night more.
    """
    elapsed = busy_hours(week, rate_at, now) if rate_at is not None else 0.0
    if elapsed <= 0:
        return rate
    kept = math.exp2(-elapsed / (_HALF_LIFE / _HOUR))
    return rate * kept + new_entries / elapsed * (1.0 - kept)


def publications(candidates: Iterable[Candidate], new_entries: int, since: datetime, now: datetime) -> list[datetime]:
    """When the new entries of a document were published: as they say, the others evenly over the time since the last look."""
    claims = (candidate.published for candidate in candidates)
    printed = [claim.at for claim in claims if claim is not None and claim.precision is not Precision.DAY and since < claim.at <= now]
    unknown = max(new_entries - len(printed), 0)
    return printed[:new_entries] + [since + (now - since) * ((number + 0.5) / unknown) for number in range(unknown)]


def stated_interval(hints: Hints, fresh: timedelta) -> timedelta:
    """The publisher's own least interval: the longer of the document's (ttl, sy:) and the response's freshness; zero: none stated."""
    return max(timedelta(seconds=hints.min_interval_seconds), fresh)


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """How often and when an endpoint publishes."""

    rate: float  # new entries an hour, the mean over the week
    week: Week
    kind: EndpointKind
    window: int | None  # entries that the document lists; None: unknown


def next_interval(
    pulse: Pulse, now: datetime, *, stated: timedelta, overflowed: timedelta | None, settings: Settings, jitter: float
) -> timedelta:
    """The time to the next poll of an endpoint that works.

    `stated` is the publisher's least interval; `overflowed` the time since the last poll when everything in the window was new since;
    `jitter` in [0, 1) spreads by ±10 %. A feed's window may fill in bursts, so it is polled once an eighth of it has filled at the usual
    rate; where a quarter fills within the floor, that gives way down to 5 minutes. To 10 minutes where the publisher states less; nothing
    goes under `stated`.
    """
    floor = timedelta(seconds=settings.poll_floor_seconds)
    wished = _wished(pulse, now, settings) * (0.9 + 0.2 * jitter)
    if timedelta(0) < stated < floor:
        floor = min(floor, _STATED_FLOOR)
    early, cap = (_window_cap(pulse, now, overflowed, settings, share) for share in (_EARLY, _LATE))
    interval = max(min(wished, early), floor)
    interval = min(interval, max(cap, min(_WINDOW_FLOOR, floor)))
    return max(interval, stated * (1 + 0.1 * jitter))


def _wished(pulse: Pulse, now: datetime, settings: Settings) -> timedelta:
    """The interval that gives the least mean delay of entries for a number of requests.

    Where the rate r never changes that is k / sqrt(r) (DESIGN 5), with k the setting poll_interval_seconds. Where it does, a poll is due
    when the entries waiting are as many as the next interval will bring at the rate of that moment: k sqrt(r). (The derivative of the
    summed delays by the moment of one poll is zero there.)
    """
    k = settings.poll_interval_seconds / 3600
    ceiling = timedelta(seconds=settings.poll_ceiling_seconds)
    most = min(ceiling, _INDEX_INTERVAL) if pulse.kind is EndpointKind.SITEMAP_INDEX else ceiling
    return time_until(lambda rate: k * math.sqrt(rate), rate=max(pulse.rate, _SLOWEST), week=pulse.week, start=now, most=most)


def _window_cap(pulse: Pulse, now: datetime, overflowed: timedelta | None, settings: Settings, share: float) -> timedelta:
    """The time in which a share of the feed's window fills; sitemaps list days, not a number of entries, and have the ceiling for one."""
    most = timedelta(seconds=settings.poll_ceiling_seconds)
    window = pulse.window
    if pulse.kind not in _FEEDS or not window:
        return most
    by_rate = time_until(lambda _: window * share, rate=pulse.rate, week=pulse.week, start=now, most=most)
    return by_rate if overflowed is None else min(by_rate, overflowed / 2)


def back_off(failures: float, weight: float, settings: Settings) -> timedelta:
    """The time to the next poll of an endpoint that fails: doubles with each ½ point of `failures`, up to a limit by the last `weight`.

    Temporary trouble (¼) is looked at again within the ceiling, soft trouble (½) daily, hard trouble (1) weekly: never given up silently.
    """
    limit = {0.25: timedelta(seconds=settings.poll_ceiling_seconds), 0.5: timedelta(days=1)}.get(weight, timedelta(days=7))
    return min(timedelta(seconds=settings.poll_floor_seconds) * math.exp2(min(2 * failures, 20)), limit)


def outside_skipped(moment: datetime, hints: Hints) -> datetime:
    """The moment, or the start of the first hour after it in which the feed wants to be asked (skipHours, skipDays; UTC)."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return moment  # "never" is a mistake
    at = moment
    while at.hour in hints.skip_hours or at.weekday() in hints.skip_days:
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    return at
