"""When in an article's life edits come, and the ages at which looks find them soonest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from math import log1p, sqrt
from typing import TypeVar

# What is taken for granted while no outlet has told: the rate of edits falls with the age t of an article, in hours, as (1 + t / 4)^-2 +
# 0.004: most come in the first hours, some all week long. GDELT found bodies edited in 15.1 % of articles within 24 hours and 17.85 %
# within 7 days; when within these spans is not told. Of the curves tried this one costs least whichever way they come (bench/edits.py:
# early, evenly over the day, alike in each doubling of age).
_SCALE = 4.0
_STEADY = 0.004
# Ages between which told edits are counted, in hours; what comes later than the last is counted with it. `source.edit_ages` holds a weight
# for each step: other steps need a migration that empties it.
AGE_STEPS = tuple(
    float(hours)
    for hours in (0, 0.5, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30, 36, 42, 48, 60, 72, 96, 120, 144, 168, 336, 720)
)
_FIRM = 50  # told edits that say as much as what is taken for granted, and of one outlet as much as those of all
_WEEK = 168.0
_SHORTEST = 1 / 6  # hours between two looks at an article, whatever the budget
_FINENESS = 0.03  # of an age: as exact as a plan of few looks is
_FEW = 24  # looks that are placed by trying; where there are more, their density is what counts
Outlet = TypeVar("Outlet", bound=Hashable)
EditAges = tuple[float, ...]  # told edits of each step, where those that are taken for granted are one within the week; (): none told


def edit_ages(told: Mapping[Outlet, Sequence[int]]) -> dict[Outlet, EditAges]:
    """When each outlet edits, from how many of its edits told their time, by `AGE_STEPS`.

    What few edits of its own tell is filled up by those of all outlets, and what those leave open by what is taken for granted.
    """
    everyone = [sum(counts) for counts in zip(*told.values(), strict=True)]
    known = sum(everyone) + _FIRM
    granted = _FIRM * _FIRM / known  # of the edits that count for one outlet
    return {
        outlet: tuple(round((count + usual * _FIRM / known) / granted, 3) for count, usual in zip(own, everyone, strict=True))
        for outlet, own in told.items()
    }


def edits_until(age: float, told: EditAges) -> float:
    """Edits expected until this age, in no unit."""
    return _until(max(age, 0.0), told)[0]


@lru_cache(maxsize=4096)
def look_ages(looks: int, days: float, told: EditAges = ()) -> tuple[float, ...]:
    """The ages in hours, ascending, at which an article is best looked at `looks` times within its first `days` days.

    They make the mean time from an edit to the look that finds it as short as it can be, edits coming as `told` says. A few looks are
    placed by trying all ages (a Monge cost: Galil and Park, 1992), many so that their density goes with the root of the rate of edits,
    which is the optimum in the limit.
    """
    if looks < 1:
        return ()
    points, sums = _course(days * 24.0, told)
    ages = _tried(points, sums, looks) if looks <= _FEW else _spread(points, sums, looks)
    return tuple(_apart(ages))


@lru_cache(maxsize=512)
def _course(span: float, told: EditAges) -> tuple[list[float], list[tuple[float, float]]]:
    """The ages at which looks may be, and what `_until` says of each."""
    points = [0.0, *_points(span)]
    return points, [_until(point, told) for point in points]


def _points(span: float) -> list[float]:
    """Where looks may be; the ends of the steps are among them, since that is where a rate that was counted changes."""
    age, points = _SHORTEST, {step for step in AGE_STEPS if _SHORTEST <= step < span}
    while age < span:
        points.add(age)
        age = max(age + _SHORTEST, age * (1 + _FINENESS))
    return [*sorted(points), span]


def _until(age: float, told: EditAges) -> tuple[float, float]:
    """Edits expected until this age, and the sum of their ages."""
    whole = _SCALE * (1 - 1 / (1 + _WEEK / _SCALE)) + _STEADY * _WEEK
    grown = 1 + age / _SCALE
    edits = (_SCALE * (1 - 1 / grown) + _STEADY * age) / whole
    ages = (_SCALE**2 * (log1p(age / _SCALE) + 1 / grown - 1) + _STEADY * age**2 / 2) / whole
    if not told or not age:
        return edits, ages
    step = min(bisect_left(AGE_STEPS, age), len(told)) - 1
    start, stop, (edits_told, ages_told) = AGE_STEPS[step], AGE_STEPS[step + 1], _before(told)[step]
    end = min(age, stop)
    share = told[step] * (end - start) / (stop - start)
    return edits + edits_told + share, ages + ages_told + share * (start + end) / 2


@lru_cache(maxsize=512)
def _before(told: EditAges) -> list[tuple[float, float]]:
    """The told edits before each step, and the sum of their ages."""
    sums = ((count, count * (start + stop) / 2) for (start, stop), count in zip(pairwise(AGE_STEPS), told, strict=True))
    return list(accumulate(sums, lambda one, other: (one[0] + other[0], one[1] + other[1]), initial=(0.0, 0.0)))


def _tried(points: Sequence[float], sums: Sequence[tuple[float, float]], looks: int) -> list[float]:
    """The looks, the last of them at the last point, that cost least of all."""

    def waiting(since: int, look: int) -> float:
        (before, ages_before), (now, ages_now) = sums[since], sums[look]
        return points[look] * (now - before) - (ages_now - ages_before)

    costs, ways = [waiting(0, look) for look in range(len(points))], []
    for _ in range(looks - 1):
        costs, came_from = _one_more(costs, waiting)
        ways.append(came_from)
    at, ages = len(points) - 1, [points[-1]]
    for came_from in reversed(ways):
        at = came_from[at]
        ages.append(points[at])
    return ages[::-1]


def _one_more(costs: Sequence[float], waiting: Callable[[int, int], float]) -> tuple[list[float], list[int]]:
    """What it costs to look at each point once more than before, and at which point the look before it is; that grows with the point."""
    best, came_from = [0.0] * len(costs), [0] * len(costs)
    spans = [(0, len(costs) - 1, 0, len(costs) - 1)]
    while spans:
        first, last, low, high = spans.pop()
        if first > last:
            continue
        look = (first + last) // 2
        best[look], came_from[look] = min((costs[since] + waiting(since, look), since) for since in range(low, min(look, high) + 1))
        spans += [(first, look - 1, low, came_from[look]), (look + 1, last, came_from[look], high)]
    return best, came_from


def _spread(points: Sequence[float], sums: Sequence[tuple[float, float]], looks: int) -> list[float]:
    """The looks between which lie equal shares of the integral of the rate's root."""
    steps = (
        sqrt(max(0.0, late[0] - early[0]) * (stop - start))
        for (start, stop), (early, late) in zip(pairwise(points), pairwise(sums), strict=True)
    )
    grown = [0.0, *accumulate(steps)]
    return [_age_at(grown[-1] * look / looks, grown, points) for look in range(1, looks)] + [points[-1]]


def _age_at(wanted: float, grown: Sequence[float], points: Sequence[float]) -> float:
    after = max(1, bisect_left(grown, wanted))
    share = (wanted - grown[after - 1]) / (grown[after] - grown[after - 1])
    return points[after - 1] + share * (points[after] - points[after - 1])


def _apart(ages: Sequence[float]) -> list[float]:
    kept = [0.0]
    for age in ages:
        if age - kept[-1] >= _SHORTEST:
            kept.append(age)
    if kept[-1] < ages[-1]:
        kept[len(kept) - (len(kept) > 1) :] = [ages[-1]]
    return kept[1:]
