"""When to look at an article again, so that edits are found soon at a given number of requests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import sqrt
from typing import TypeVar

from pipeline.records import DateClaim, Precision

# The rate of edits falls with the age t of an article, in hours, as (1 + t / 4)^-2 + 0.004: most come in the first hours, some all week
# long. GDELT found bodies edited in 15.1 % of articles within 24 hours and 17.85 % within 7 days; when within these spans is not told. Of
# the curves tried this one costs least whichever way they come (bench/edits.py: early, evenly over the day, alike in each doubling of age).
_SCALE = 4.0
_STEADY = 0.004
# How much articles differ: of 300,000 of six Flemish outlets 35 % were edited within a day, 200,000 times in all (Timmerman, Future
# of Journalism 2023). So edit as many articles, and as often, as a Poisson process does whose rate is gamma distributed over articles with
# this shape: what was edited once will be again, and what was left alone for a day will be.
_SHAPE = 0.5
_MEAN_EDITS = 0.5  # within the first week
_SHORTEST = 1 / 6  # hours between two looks at an article, whatever the budget
_PASSED = 0.25  # of the gap before it: a planned look nearer than this is counted as made
_HALVINGS = 60  # of the interval in which the first look lies: to the last bit of a float
_FEWEST = 2
_FIRM = 50  # articles of an outlet that say as much of it as all other outlets do
_MOST_APART = 4.0  # an outlet's rate beside the others'
_HOUR = timedelta(hours=1)
Outlet = TypeVar("Outlet", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Editing:
    """What is known of how often an article is edited."""

    outlet: float = 1.0  # edits an article of its outlet has, as a multiple of what all outlets have
    seen: int = 0  # edits of the article itself, so far
    looks: int | None = None  # a budget of the outlet's own


_UNKNOWN = Editing()


@dataclass(frozen=True, kw_only=True)
class LookPlan:
    """The budget of looks at an article after its first fetch; articles that are edited more often get more of them, others fewer."""

    looks: int
    days: float  # the age after which it is not looked at any more

    def next_look(self, out: datetime, now: datetime, editing: Editing = _UNKNOWN) -> datetime | None:
        """When an article that came out at `out` and is looked at now is looked at next; None: no more."""
        age = self.next_age((now - out) / _HOUR, editing)
        return None if age is None else out + age * _HOUR

    def next_age(self, age: float, editing: Editing) -> float | None:
        """The same in hours since it came out."""
        looks = _budget(self.looks, self.days, age, editing) if editing.looks is None else editing.looks
        return next_look_age(age, look_ages(looks, self.days))


def _budget(looks: int, days: float, age: float, editing: Editing) -> int:
    """How many looks it is worth: the delay is shortest at a given cost when looks go with the root of the rate of edits.

    The rate is what the outlet's articles have, times what it showed so far itself. Two looks are left to any article that has two.
    """
    if looks <= _FEWEST:
        return looks
    expected = _MEAN_EDITS * editing.outlet * _share(max(age, 0.0)) / _share(days * 24.0)
    rate = editing.outlet * (_SHAPE + editing.seen) / (_SHAPE + expected)
    return max(round(looks * sqrt(rate)), _FEWEST)


def outlet_rates(watched: Mapping[Outlet, tuple[int, int]]) -> dict[Outlet, float]:
    """How often each outlet edits, as a multiple of what all do: from its articles that were looked at and the edits seen in them.

    An outlet with few articles is taken for one like the others.
    """
    articles, edits = (sum(counted) for counted in zip(*watched.values(), strict=True)) if watched else (0, 0)
    if not edits:
        return dict.fromkeys(watched, 1.0)
    usual = edits / articles
    rates = {outlet: (own + _FIRM * usual) / (of + _FIRM) / usual for outlet, (of, own) in watched.items()}
    return {outlet: min(max(rate, 1 / _MOST_APART), _MOST_APART) for outlet, rate in rates.items()}


def out_at(published: DateClaim | None, first_seen: datetime) -> datetime:
    """From when an article's age counts: its publication where that is told to the minute, at the latest when it was first seen."""
    if published is None or published.precision is Precision.DAY:
        return first_seen
    return min(published.at, first_seen)


@lru_cache(maxsize=256)
def look_ages(looks: int, days: float) -> tuple[float, ...]:
    """The ages in hours, ascending, at which an article is best looked at `looks` times within its first `days` days.

    They make the mean time from an edit to the look that finds it as short as it can be: where H(t) is the share of edits made until
    age t, the looks obey H(t_i) - H(t_i-1) = H'(t_i) (t_i+1 - t_i), so that the first look settles all others; it is searched for.
    """
    if looks < 1:
        return ()
    span = days * 24.0
    low, high = 0.0, span
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _ladder(middle, looks, span)[-1] < span else (low, middle)
    ages = [*_ladder(high, looks, span)[: looks - 1], span]
    return tuple(_apart(ages))


def _ladder(first: float, looks: int, span: float) -> list[float]:
    """The looks that follow from the first one; cut off where they leave the span."""
    ages, before = [first], 0.0
    while len(ages) < looks and ages[-1] < span:
        here = ages[-1]
        ages.append(here + (_share(here) - _share(before)) / _rate(here))
        before = here
    return ages


def _share(age: float) -> float:
    """The integral of `_rate`: edits expected until this age, in no unit."""
    return _SCALE * (1 - 1 / (1 + age / _SCALE)) + _STEADY * age


def _rate(age: float) -> float:
    return float((1 + age / _SCALE) ** -2) + _STEADY


def _apart(ages: Sequence[float]) -> Iterator[float]:
    last = 0.0
    for age in ages:
        if age - last >= _SHORTEST or age == ages[-1]:
            yield age
            last = age


def next_look_age(age: float, ages: Sequence[float]) -> float | None:
    """The age in hours at which an article that is looked at now, at `age`, is looked at next; None: no more.

    A look that was planned just after this one is left out: this one stands for it.
    """
    coming = bisect_right(ages, age)
    if coming < len(ages):
        before = ages[coming - 1] if coming else 0.0
        coming += ages[coming] - age <= _PASSED * (ages[coming] - before)
    return ages[coming] if coming < len(ages) else None
