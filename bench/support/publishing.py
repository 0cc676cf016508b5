"""When the outlets of a simulation publish: rates, days and nights, weekends, batches and bursts, from one seed.

What the figures stand on. Of 122 real article pages that print their local time (shared/corpora), 7 % were published between 0 and 6
o'clock, 8 % from 6 to 9, 55 % from 9 to 17, 26 % from 17 to 22 and 3 % after that, and a day of the weekend had .61 of a weekday's. Of 83
real feeds half list 10 to 15 entries, a quarter 20 or more, and entries stand less than a minute apart in places: batches. Daily volumes
are log-normal, as those of news sources are; the spread here runs from an article in five days to some 300 a day.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

DAY = 24.0  # hours; all times are hours since the start, a Monday at 0:00 UTC
_HISTORY = 14 * DAY  # what was published before the start, for the windows to show

_MEDIAN_A_DAY, _SPREAD = 3.0, 1.8  # of the log-normal volumes: mean 15, one in twenty over 58
_LEAST_A_DAY, _MOST_A_DAY = 0.2, 300.0
_WINDOWS = (10, 10, 10, 10, 15, 15, 20, 20, 25, 30, 50, 100)
_BATCH_CHANCE = 0.15  # that an article comes with another one, which may come with another one …
_BATCH_HOURS = 2 / 60  # … within two minutes
_BURSTS_A_DAY, _BURST_HOURS, _BURST_FACTOR = 0.15, 2.0, 4.0  # breaking news
_DAY_SPREAD = 0.25  # of the levels of single days, log-normal
_HOUR_SPREAD = 0.25  # of an outlet's own hours around its kind's


class Cycle(Enum):
    """How an outlet's day goes: weights of its 24 local hours, and the share of a weekday that a day of its weekend has."""

    PAPER = ((1.5, 1, 1, 1, 1.5, 2.5, 4, 5, 6, 8, 9, 9, 8.5, 8, 8, 8, 8, 7.5, 6.5, 6, 5, 4, 2.5, 2), 0.6)
    BROADCASTER = ((4, 3.5, 3, 3, 3.5, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7.5, 7, 6.5, 6, 5, 4.5), 0.8)
    OFFICE = ((0.1,) * 7 + (1, 4, 8, 9, 9, 6, 8, 9, 9, 8, 5, 2, 1) + (0.3,) * 4, 0.1)
    MORNING_EDITION = ((1, 1, 1, 2, 20, 25, 12, 5, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2.5, 2, 2, 1.5, 1, 1), 0.7)
    FLAT = ((1.0,) * 24, 1.0)


_MIXED = (Cycle.PAPER,) * 11 + (Cycle.BROADCASTER,) * 4 + (Cycle.OFFICE,) * 3 + (Cycle.MORNING_EDITION,) * 2


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One feed of the simulation."""

    window: int  # entries that it lists
    published: tuple[float, ...]  # moments of publication, ascending; those before 0 are its past


def feeds(seed: int, *, count: int, days: int, flat: bool = False) -> list[Feed]:
    """`count` feeds that publish for `days` days; `flat`: as often at every hour of the week."""
    return [_feed(random.Random(f"{seed}:{number}"), days, flat=flat) for number in range(count)]


def _feed(chance: random.Random, days: int, *, flat: bool) -> Feed:
    volume = min(max(chance.lognormvariate(0, _SPREAD) * _MEDIAN_A_DAY, _LEAST_A_DAY), _MOST_A_DAY)
    window = chance.choice(_WINDOWS)
    hours, weekend = _rhythm(chance, flat=flat)
    bursts = _bursts(chance, days)
    published: list[float] = []
    for start in range(-int(_HISTORY), int(days * DAY)):
        if start % 24 == 0:
            level = chance.lognormvariate(-(_DAY_SPREAD**2) / 2, _DAY_SPREAD)
        local = (start + hours[1]) % 168
        rate = volume / DAY * level * hours[0][local % 24] * weekend[local // 24]
        rate *= _BURST_FACTOR if any(begin <= start < begin + _BURST_HOURS for begin in bursts) else 1.0
        published += _in_hour(chance, start, rate * (1 - _BATCH_CHANCE))
    return Feed(window=window, published=tuple(sorted(published)))


def _rhythm(chance: random.Random, *, flat: bool) -> tuple[tuple[tuple[float, ...], int], tuple[float, ...]]:
    """The weights of an outlet's local hours (mean 1) with its offset from UTC, and those of its weekdays (mean 1)."""
    cycle = Cycle.FLAT if flat else chance.choice(_MIXED)
    weights, weekend = cycle.value
    own = [weight * (1.0 if flat else chance.lognormvariate(0, _HOUR_SPREAD)) for weight in weights]
    week = [1.0] * 5 + [weekend] * 2
    hours = tuple(weight * 24 / sum(own) for weight in own)
    return (hours, chance.randint(-8, 10)), tuple(day * 7 / sum(week) for day in week)


def _bursts(chance: random.Random, days: int) -> list[float]:
    moments, at = [], -_HISTORY
    while (at := at + chance.expovariate(_BURSTS_A_DAY / DAY)) < days * DAY:
        moments.append(at)
    return moments


def _in_hour(chance: random.Random, start: int, rate: float) -> list[float]:
    """What a Poisson process of `rate` publishes in one hour, each with its batch."""
    moments, at = [], 0.0
    while (at := at + chance.expovariate(max(rate, 1e-9))) < 1.0:
        moments.append(start + at)
        while chance.random() < _BATCH_CHANCE:
            moments.append(moments[-1] + chance.random() * _BATCH_HOURS)
    return moments
