"""When to look at an article again, so that edits are found soon at a given number of requests."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline.dedupe.editages import EditAges, edits_until
from pipeline.dedupe.lookprices import look_price, next_look_age
from pipeline.records import DateClaim, Precision

# How much articles differ: of 300,000 of six Flemish outlets 35 % were edited within a day, 200,000 times in all (Timmerman, Future
# of Journalism 2023). So edit as many articles, and as often, as a Poisson process does whose rate is gamma distributed over articles with
# this shape: what was edited once will be again, and what was left alone for a day will be.
_SHAPE = 0.5
_MEAN_EDITS = 0.5  # within the first week
_FIRM = 50  # articles of an outlet that say as much of it as all other outlets do
_MOST_APART = 4.0  # an outlet's rate beside the others'
_HOUR = timedelta(hours=1)
Outlet = TypeVar("Outlet", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Editing:
    """What is known of how often an article is edited."""

    outlet: float = 1.0  # edits that no list tells of in an article of its outlet, as a multiple of what all outlets have
    seen: int = 0  # edits of the article itself so far, without those that a list told of
    looks: int | None = None  # a budget of the outlet's own
    ages: EditAges = ()  # when its outlet edits, as it tells


_UNKNOWN = Editing()


@dataclass(frozen=True, kw_only=True)
class LookPlan:
    """The budget of looks at an article after its first fetch; articles that are edited more often get more of them, others fewer."""

    looks: float  # at an article that is edited as often as others
    days: float  # the age after which it is not looked at any more

    def next_look(self, out: datetime, now: datetime, editing: Editing = _UNKNOWN) -> datetime | None:
        """When an article that came out at `out` and is looked at now is looked at next; None: no more."""
        age = self.next_age((now - out) / _HOUR, editing)
        return None if age is None else out + age * _HOUR

    def next_age(self, age: float, editing: Editing) -> float | None:
        """The same in hours since it came out."""
        looks = self.looks if editing.looks is None else editing.looks
        if not looks:
            return None
        rate = editing.outlet * self._own_rate(age, editing) if editing.looks is None else 1.0
        return next_look_age(age, look_price(looks, self.days) / rate, self.days, editing.ages)

    def _own_rate(self, age: float, editing: Editing) -> float:
        """How often the article itself is edited beside the others of its outlet, by what it showed so far."""
        share = edits_until(age, editing.ages) / edits_until(self.days * 24.0, editing.ages)
        return (_SHAPE + editing.seen) / (_SHAPE + _MEAN_EDITS * editing.outlet * share)


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
