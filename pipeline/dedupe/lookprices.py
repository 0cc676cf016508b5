"""The age at which an article is best looked at next, where each look has a price.

The hours that edits wait are weighed against looks: a look is taken where it spares at least its price. With one price for all, each
look goes to the article, of whichever outlet, where it spares most: of plans with as many requests none finds edits sooner (it is the
multiplier of Lagrange).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

from pipeline.dedupe.editages import AGE_STEPS, EditAges, edits_and_ages

_SHORTEST = 1 / 6  # hours between two looks at an article, whatever the budget
_ROUNDED = 1e-9
_FINENESS = 0.02  # of an age: as exact as a plan is
_LEVEL = 0.05  # of a price: as exact as prices are told apart
_CHEAPEST, _DEAREST = log(1e-5), log(1e4)  # hours
# An edit that is never seen counts as one that waits for the span and half of it more. It matters for budgets of two or three looks: with
# twice the span two looks find all edits of bench/edits.py, hardly sooner than fixed ones do; so they find 96 to 98 % of them, and sooner.
_LOST = 1.5
_HALVINGS = 24


_Point = tuple[float, float, float]  # an age in hours, the share of the span's edits that come until then, and the sum of their ages


@dataclass(frozen=True, kw_only=True)
class _Course:
    """Where looks may be, ascending to the span's end."""

    points: list[_Point]
    span: float  # hours
    whole: float  # edits within it, as `edits_and_ages` counts


def look_price(looks: float, days: float) -> float:
    """The price in hours at which an article of which nothing is known is looked at so often in its first `days`.

    A whole number of looks is what a range of prices comes to: its middle is taken, and between two whole numbers a mean.
    """
    below = int(looks)
    share = looks - below
    return exp((1 - share) * _middle(below, days) + share * _middle(below + 1, days))


def look_ages(price: float, days: float, told: EditAges = ()) -> list[float]:
    """The ages in hours, ascending, at which an article is looked at that is edited as often as expected."""
    ages: list[float] = []
    while (following := next_look_age(ages[-1] if ages else 0.0, price, days, told)) is not None:
        ages.append(following)
    return ages


def next_look_age(age: float, price: float, days: float, told: EditAges = ()) -> float | None:
    """The age in hours at which an article that is looked at now, at `age`, is looked at next within its first `days`; None: no more.

    `price`: hours that all edits of such an article together must wait less for a look to be taken. Edits come as `told` says.
    """
    span, level = days * 24.0, round(min(max(log(price), _CHEAPEST), _DEAREST) / _LEVEL)
    course = _course(span, told)
    place = _onward(_point(age, told, course.whole), course, level, _costs(level, span, told), len(course.points) - 1)[1]
    return None if place is None else course.points[place][0]


def _onward(since: _Point, course: _Course, level: int, costs: Sequence[float], furthest: int) -> tuple[float, int | None]:
    """What it costs at the least to go on from a look there, in hours and prices of looks, and the place of the look that does so."""
    price, (age, seen, ages_seen) = exp(_LEVEL * level), since
    best, chosen = _LOST * course.span * (1 - seen), None
    for place in range(furthest, -1, -1):
        at, edits, ages = course.points[place]
        if at < age + _SHORTEST - _ROUNDED:
            break
        cost = at * (edits - seen) - (ages - ages_seen) + price + costs[place]
        if cost < best:
            best, chosen = cost, place
    return best, chosen


@lru_cache(maxsize=4096)
def _costs(level: int, span: float, told: EditAges) -> list[float]:
    """`_onward` from each point. The further on a look is, the further on is the one after it (the waits are a Monge array)."""
    course = _course(span, told)
    costs, furthest = [0.0] * len(course.points), len(course.points) - 1
    for place in range(len(course.points) - 2, -1, -1):
        costs[place], chosen = _onward(course.points[place], course, level, costs, furthest)
        furthest = furthest if chosen is None else chosen
    return costs


@lru_cache(maxsize=512)
def _course(span: float, told: EditAges) -> _Course:
    """The ends of the steps are among the points, since that is where a rate that was counted changes."""
    age, ages = _SHORTEST, {step for step in AGE_STEPS if _SHORTEST <= step < span}
    while age < span:
        ages.add(age)
        age = max(age + _SHORTEST, age * (1 + _FINENESS))
    whole = edits_and_ages(span, told)[0]
    return _Course(points=[_point(age, told, whole) for age in (*sorted(ages), span)], span=span, whole=whole)


def _point(age: float, told: EditAges, whole: float) -> _Point:
    edits, ages = edits_and_ages(max(age, 0.0), told)
    return age, edits / whole, ages / whole


@lru_cache(maxsize=512)
def _middle(looks: int, days: float) -> float:
    """The logarithm of the middle of the prices at which so many looks are taken."""
    return (_highest(looks, days) + _highest(looks + 1, days)) / 2


@lru_cache(maxsize=512)
def _highest(looks: int, days: float) -> float:
    """The logarithm of the highest price at which at least so many looks are taken."""
    low, high = _CHEAPEST, _DEAREST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if len(look_ages(exp(middle), days)) >= looks else (low, middle)
    return low
