"""When outlets edit, and the looks that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from pipeline.dedupe.editages import AGE_STEPS, EditAges, edit_ages, edits_until
from pipeline.dedupe.lookprices import look_ages

_NONE = (0,) * (len(AGE_STEPS) - 1)


def _at(hour: float, count: int) -> tuple[int, ...]:
    """So many edits of the step in which this age lies."""
    return tuple(count if start <= hour < stop else 0 for start, stop in pairwise(AGE_STEPS))


def _ages(looks: float, told: EditAges = ()) -> list[float]:
    """The looks that are taken at the highest price at which there are so many."""
    low, high = 1e-4, 1e3
    for _ in range(24):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if len(look_ages(middle, 7.0, told)) >= looks else (low, middle)
    return look_ages(low, 7.0, told)


def _mean_delay(ages: Sequence[float], told: EditAges) -> float:
    """By counting: edits in steps of a hundredth of an hour, as many as are expected."""
    marks = [number / 100 for number in range(16_801)]
    expected = [edits_until(mark, told) for mark in marks]
    waits = (next(age for age in ages if age >= mark) - mark for mark in marks[1:])
    return sum(wait * (now - before) for wait, before, now in zip(waits, expected, expected[1:], strict=False)) / expected[-1]


def test_looks_come_at_the_end_of_the_hours_in_which_the_outlet_edits() -> None:
    learnt = edit_ages({"hasty": _at(2.5, 900), "evening": _at(13, 900)})
    assert min(abs(age - 3.0) for age in _ages(3, learnt["hasty"])) < 0.1
    assert min(abs(age - 14.0) for age in _ages(3, learnt["evening"])) < 0.1


def test_few_edits_of_its_own_say_little_of_an_outlet() -> None:
    learnt = edit_ages({"hasty": _at(2.5, 5_000), "new": _at(20, 1), "silent": _NONE})
    assert learnt["silent"] != () and _ages(6, learnt["silent"])[0] == _ages(6, learnt["new"])[0]
    alone = edit_ages({"new": _at(20, 1)})["new"]
    assert _mean_delay(_ages(6, alone), ()) < 1.05 * _mean_delay(_ages(6), ()), "nor of all"
    assert edit_ages({}) == {}


@pytest.mark.parametrize("shift", [0.85, 1.15])
@pytest.mark.parametrize("which", [0, 2, 4])
def test_no_look_can_be_moved_to_find_the_outlets_edits_sooner(which: int, shift: float) -> None:
    told = edit_ages({"own": tuple(map(sum, zip(_at(1.5, 200), _at(7, 150), _at(40, 90), strict=True)))})["own"]
    ages = _ages(6, told)
    moved = sorted(age * (shift if at == which else 1.0) for at, age in enumerate(ages))
    assert _mean_delay(ages, told) < _mean_delay(moved, told)


def test_a_look_more_helps_however_many_there_are() -> None:
    told = edit_ages({"own": [round(900 / (2 + start)) for start in AGE_STEPS[:-1]]})["own"]
    plans = [look_ages(0.02 * 0.8**step, 7.0, told) for step in range(4)]
    assert [len(plan) for plan in plans] == sorted({len(plan) for plan in plans}) and len(plans[0]) > 20
    delays = [_mean_delay(plan, told) for plan in plans]
    assert delays == sorted(delays, reverse=True)


def test_expected_edits_add_up() -> None:
    told = tuple(float(number % 3) for number in range(len(_NONE)))
    assert edits_until(0.0, told) == edits_until(-3.0, told) == 0.0
    assert edits_until(168.0, ()) == pytest.approx(1.0)
    assert edits_until(168.0, told) == pytest.approx(1.0 + sum(told[:-2]))
    assert edits_until(9.0, told) - edits_until(9.0, ()) == pytest.approx(sum(told[:7]) + told[7] / 2)
