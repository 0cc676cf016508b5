"""When an endpoint publishes: its week, learnt from what it published, so that polls come when news do and are few at night.

Counts by hour of the day and by day of the week (UTC) suffice: outlets differ in both, and 168 separate hours would take months to fill.
They fade with a half-life of four weeks. An hour's share is drawn towards an equal one by 12 entries' worth of it (a Gamma prior) and
smoothed with its neighbours. Chosen in bench/freshness.py on its seeds 1 and 2, where half as much or twice as much of each makes no
difference that can be told from chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.records import Rhythm

_HALF_LIFE = timedelta(days=28)
_LONGEST = timedelta(days=28)  # that one step looks back
_PRIOR = 12.0  # entries
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Week:
    """How busy each hour of the day and each day of the week is, as multiples of the mean; an hour of the week is their product."""

    hours: tuple[float, ...]  # 24, UTC, mean 1
    days: tuple[float, ...]  # 7, Monday first, mean 1

    def at(self, moment: datetime) -> float:
        """How busy the hour is that holds a moment."""
        return self.hours[moment.hour] * self.days[moment.weekday()]


def week_of(rhythm: Rhythm) -> Week:
    """The week that the counts make likely; an equal one where nothing is known."""
    entries, watched = _smooth(rhythm.entries[:24]), _smooth(rhythm.watched[:24])
    return Week(hours=_shares(entries, watched), days=_shares(rhythm.entries[24:], rhythm.watched[24:]))


def _smooth(hours: Sequence[float]) -> list[float]:
    return [(hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % 24]) / 4 for hour in range(24)]


def _shares(entries: Sequence[float], watched: Sequence[float]) -> tuple[float, ...]:
    prior = _PRIOR / len(entries)
    mean = sum(entries) / sum(watched) if sum(watched) else 0.0
    busy = [(count + prior) / (hours * mean + prior) for count, hours in zip(entries, watched, strict=True)]
    return tuple(share * len(busy) / sum(busy) for share in busy)


def learnt(rhythm: Rhythm, since: datetime, now: datetime, published: Iterable[datetime]) -> Rhythm:
    """The counts at `now`, when all is known that was `published` after `since`."""
    since = max(since, now - _LONGEST)
    kept = math.exp2(-((now - since) / _HALF_LIFE))
    entries, watched = [count * kept for count in rhythm.entries], [hours * kept for hours in rhythm.watched]
    at = since
    while at < now:
        hour_end = min(_next_hour(at), now)
        _add(watched, at, (hour_end - at) / _HOUR)
        at = hour_end
    for moment in published:
        if since < moment <= now:
            _add(entries, moment, 1.0)
    return Rhythm(entries=tuple(entries), watched=tuple(watched))


def _add(bins: list[float], moment: datetime, much: float) -> None:
    bins[moment.hour] += much
    bins[24 + moment.weekday()] += much


def busy_hours(week: Week, start: datetime, end: datetime) -> float:
    """The hours between two moments, each counted as much as it is busy."""
    total, at = 0.0, start
    while at < end:
        hour_end = min(_next_hour(at), end)
        total += week.at(at) * ((hour_end - at) / _HOUR)
        at = hour_end
    return total


def time_until(enough: Callable[[float], float], *, rate: float, week: Week, start: datetime, most: timedelta) -> timedelta:
    """The time after `start` until as many entries wait as `enough` says for the rate of that moment (entries an hour); `most` at the most.

    `rate` is the mean over the week.
    """
    waiting, at = 0.0, start
    while at - start < most:
        hour_end = _next_hour(at)
        current = rate * week.at(at)
        wanted, arriving = enough(current), current * ((hour_end - at) / _HOUR)
        if current > 0 and waiting + arriving >= wanted:
            return min(at - start + max(wanted - waiting, 0.0) / current * _HOUR, most)
        waiting, at = waiting + arriving, hour_end
    return most


def _next_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + _HOUR
