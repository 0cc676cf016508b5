"""When to look at an article again, so that edits are found soon at a given number of requests."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import TypeVar

from pipeline.dedupe.editages import EditAges, edits_until, look_ages
from pipeline.records import DateClaim, Precision

# How much articles differ: of 300,000 of six Flemish outlets 35 % were edited within a day, 200,000 times in all (Timmerman, Future
# of Journalism 2023). So edit as many articles, and as often, as a Poisson process does whose rate is gamma distributed over articles with
# this shape: what was edited once will be again, and what was left alone for a day will be.
_SHAPE = 0.5
_MEAN_EDITS = 0.5  # within the first week
_PASSED = 0.25  # of the gap before it: a planned look nearer than this is counted as made
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
    ages: EditAges = ()  # when its outlet edits, as it tells


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
        return next_look_age(age, look_ages(looks, self.days, editing.ages))


def _budget(looks: int, days: float, age: float, editing: Editing) -> int:
    """How many looks it is worth: the delay is shortest at a given cost when looks go with the root of the rate of edits.

    The rate is what the outlet's articles have, times what it showed so far itself. Two looks are left to any article that has two.
    """
    if looks <= _FEWEST:
        return looks
    expected = _MEAN_EDITS * editing.outlet * edits_until(age, editing.ages) / edits_until(days * 24.0, editing.ages)
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


def next_look_age(age: float, ages: Sequence[float]) -> float | None:
    """The age in hours at which an article that is looked at now, at `age`, is looked at next; None: no more.

    A look that was planned just after this one is left out: this one stands for it.
    """
    coming = bisect_right(ages, age)
    if coming < len(ages):
        before = ages[coming - 1] if coming else 0.0
        coming += ages[coming] - age <= _PASSED * (ages[coming] - before)
    return ages[coming] if coming < len(ages) else None
