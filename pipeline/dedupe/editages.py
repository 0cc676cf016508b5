"""When in an article's life edits come, and the ages at which looks find them soonest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from math import log1p
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
    return edits_and_ages(max(age, 0.0), told)[0]


def edits_and_ages(age: float, told: EditAges) -> tuple[float, float]:
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
