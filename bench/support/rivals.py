"""The schedules of other pollers, rewritten from their sources: each says how long to wait after a poll, and has one knob.

Times are hours; the intervals that the originals keep in minutes are kept in minutes here too.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_MINUTES = 60.0
_WEEK = 168.0


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a poll of a feed showed."""

    at: float
    listed: tuple[float, ...]  # moments of publication of the entries, ascending
    new: int  # the last so many of them had not been seen before


class Poller(Protocol):
    """The schedule of one feed, with what it remembers of it."""

    def wait(self, look: Look) -> float:
        """Hours until the next poll."""
        ...


class Fixed:
    """Every feed at the same interval. Knob: the interval, in minutes."""

    def __init__(self, minutes: float) -> None:
        self._hours = minutes / _MINUTES

    def wait(self, look: Look) -> float:  # noqa: ARG002  # whatever was seen
        """The interval."""
        return self._hours


class Miniflux:
    """`entry_frequency` (miniflux/v2, internal/model/feed.go ScheduleNextCheck, internal/storage/feed.go WeeklyFeedEntryCount).

    A week over the entries of a week, as the mean gap between those of the last week tells it; 5 minutes to 24 hours. Knob: the factor by
    which that is divided (SCHEDULER_ENTRY_FREQUENCY_FACTOR, there a whole number).
    """

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._seen: list[float] = []

    def wait(self, look: Look) -> float:
        """Hours by the entries of the last week."""
        self._seen += look.listed[len(look.listed) - look.new :]
        week = self._seen[bisect_left(self._seen, look.at - _WEEK) :]
        gap = (week[-1] - week[0]) / (len(week) - 1) if len(week) > 1 else 0.0
        weekly = math.ceil(_WEEK / gap) if gap else 0
        minutes = _WEEK * _MINUTES / (weekly * self._factor) if weekly else 1440.0
        return min(max(minutes, 5.0), 1440.0) / _MINUTES


class StormCrawler:
    """The adaptive scheduler (apache/stormcrawler, persistence/AdaptiveScheduler.java).

    × 1.5 without a change, half way to the least with one; from a day on, two weeks at the most. Knob: the least interval, in minutes
    (scheduler.adaptive.fetchInterval.min, there 60).
    """

    def __init__(self, least_minutes: float) -> None:
        self._least = least_minutes
        self._minutes = 1440.0

    def wait(self, look: Look) -> float:
        """Hours by whether the document had changed."""
        self._minutes = 0.5 * self._minutes + 0.5 * self._least if look.new else min(self._minutes * 1.5, 20160.0)
        return self._minutes / _MINUTES


class MediaCloud:
    """Auto-adjust (mediacloud/rss-fetcher, fetcher/tasks.py _check_auto_adjust, fetcher/config.py): by the share of entries seen before.

    Under the least share an hour less, or back to 6 hours from above; over the most share 10 minutes more (an hour, a month after the last
    entry); 10 minutes to a day. Knobs: the least share, in percent (33 there; the most, 67 there, stays half way between it and 100), and
    the longest interval, in minutes (AUTO_ADJUST_MAX_POLL_MINUTES, 1440 there).
    """

    def __init__(self, least_percent: float = 33.0, longest_minutes: float = 1440.0) -> None:
        self._least, self._most = least_percent, (100 + least_percent) / 2
        self._longest = longest_minutes
        self._minutes = min(360.0, longest_minutes)
        self._last_new: float | None = None

    def wait(self, look: Look) -> float:
        """Hours by the overlap with the poll before."""
        first, self._last_new = self._last_new is None, look.at if look.new or self._last_new is None else self._last_new
        known = 100.0 * (len(look.listed) - look.new) / len(look.listed) if look.new else 101.0
        if first:
            return self._minutes / _MINUTES
        if known >= self._most:
            self._minutes = min(self._minutes + (10.0 if look.at - self._last_new <= 31 * 24 or known < 100 else 60.0), self._longest)
        elif known < self._least:
            self._minutes = min(max(360.0 if self._minutes > 360.0 else self._minutes - 60.0, 10.0), self._longest)
        return self._minutes / _MINUTES


class NewsBlur:
    """The tiers (samuelclay/NewsBlur, apps/rss_feeds/models.py get_next_scheduled_update) of a feed with a few paying subscribers.

    An article a day or more: 15 minutes; fewer: 60 less 60 a daily article; none: 6 hours; up to a quarter more by chance, 12 hours at the
    most. Knob: what all of it is multiplied by (there the number of subscribers, in steps of 6, 15 and 60 minutes).
    """

    def __init__(self, factor: float, chance: random.Random) -> None:
        self._factor, self._chance = factor, chance
        self._seen: list[float] = []
        self._first: float | None = None

    def wait(self, look: Look) -> float:
        """Hours by the stories of the last 30 days, or of as many as the feed has been known for."""
        self._first = look.at if self._first is None else self._first
        self._seen += look.listed[len(look.listed) - look.new :]
        month = len(self._seen) - bisect_left(self._seen, look.at - 720.0)
        known_days = min(30.0, max(look.at - min(self._first, self._seen[0] if self._seen else look.at), 24.0) / 24)
        daily = month / known_days
        minutes = 15.0 if daily >= 1 else 60 - daily * 60 if daily > 0 else 360.0
        minutes = min(max(minutes, 1.0) * self._factor, 720.0)
        return minutes * (1 + self._chance.random() / 4) / _MINUTES


Maker = Callable[[float, random.Random], Poller]


@dataclass(frozen=True, kw_only=True)
class Rival:
    """A schedule, and between which settings its knob is sought: from many requests to few."""

    name: str
    make: Maker  # from the knob's setting and what makes its chance
    knobs: tuple[float, float]


RIVALS = (
    Rival(name="fixed interval", make=lambda knob, _: Fixed(knob), knobs=(5.0, 1440.0)),
    Rival(name="Miniflux entry_frequency", make=lambda knob, _: Miniflux(1 / knob), knobs=(0.02, 50.0)),
    Rival(name="StormCrawler adaptive", make=lambda knob, _: StormCrawler(knob), knobs=(1.0, 1440.0)),
    Rival(name="Media Cloud, share", make=lambda knob, _: MediaCloud(least_percent=100.0 - knob), knobs=(0.01, 67.0)),
    Rival(name="Media Cloud, longest", make=lambda knob, _: MediaCloud(longest_minutes=knob), knobs=(10.0, 1440.0)),
    Rival(name="NewsBlur tiers", make=NewsBlur, knobs=(0.05, 48.0)),
)
