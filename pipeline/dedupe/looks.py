"""When to look at an article again, so that edits are found soon at a given number of requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from pipeline.records import DateClaim, Precision

# The rate of edits falls with the age t of an article, in hours, as (1 + t / 4)^-2 + 0.004: most come in the first hours, some all week
# long. GDELT found bodies edited in 15.1 % of articles within 24 hours and 17.85 % within 7 days; when within these spans is not told. Of
# the curves tried this one costs least whichever way they come (bench/edits.py: early, evenly over the day, alike in each doubling of age).
_SCALE = 4.0
_STEADY = 0.004
_SHORTEST = 1 / 6  # hours between two looks at an article, whatever the budget
_PASSED = 0.25  # of the gap before it: a planned look nearer than this is counted as made
_HALVINGS = 60  # of the interval in which the first look lies: to the last bit of a float
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class LookPlan:
    """The budget of looks at an article after its first fetch."""

    looks: int
    days: float  # the age after which it is not looked at any more

    def next_look(self, out: datetime, now: datetime) -> datetime | None:
        """When an article that came out at `out` and is looked at now is looked at next; None: no more."""
        age = next_look_age((now - out) / _HOUR, look_ages(self.looks, self.days))
        return None if age is None else out + age * _HOUR


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
    before = 0.0
    for planned in ages:
        if planned - age > _PASSED * (planned - before):
            return planned
        before = planned
    return None
