"""When articles are looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.dedupe.looks import LookPlan, look_ages, next_look_age, out_at
from pipeline.records import DateClaim, Precision

OUT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("looks", [1, 2, 6, 30])
def test_the_budget_is_spent_within_the_span(looks: int) -> None:
    ages = look_ages(looks, 7.0)
    assert len(ages) == looks and ages[-1] == 168.0
    assert list(ages) == sorted(ages)


def test_looks_are_dense_first_and_thin_later() -> None:
    ages = look_ages(12, 7.0)
    gaps = [later - earlier for earlier, later in zip((0.0, *ages), ages, strict=False)]
    assert gaps == sorted(gaps)
    assert sum(age <= 24 for age in ages) >= 5


def test_a_large_budget_never_looks_twice_within_ten_minutes() -> None:
    ages = look_ages(500, 2.0)
    assert min(later - earlier for earlier, later in pairwise(ages)) >= 1 / 6


@pytest.mark.parametrize("shift", [0.8, 0.9, 1.1, 1.25])
@pytest.mark.parametrize("which", [0, 1, 2, 4])
def test_no_look_can_be_moved_to_find_edits_sooner(which: int, shift: float) -> None:
    """The mean delay over edits that fall as the plan takes it is smallest for the plan as it is."""
    ages = look_ages(6, 7.0)
    moved = tuple(sorted(age * (shift if at == which else 1.0) for at, age in enumerate(ages)))
    assert _mean_delay(ages) < _mean_delay(moved)


def _mean_delay(ages: tuple[float, ...]) -> float:
    step = 0.02
    weights = {(number + 0.5) * step: (1 + (number + 0.5) * step / 4) ** -2 + 0.004 for number in range(int(168 / step))}
    delays = ((next(age for age in ages if age >= at) - at) * weight for at, weight in weights.items())
    return sum(delays) / sum(weights.values())


def test_no_budget_means_no_look() -> None:
    assert look_ages(0, 7.0) == ()
    assert LookPlan(looks=0, days=7.0).next_look(OUT, OUT) is None


def test_an_article_found_late_skips_the_looks_that_have_passed() -> None:
    ages = look_ages(6, 7.0)
    assert next_look_age(30.0, ages) == ages[3]
    assert next_look_age(ages[2] - 0.5, ages) == ages[3], "a look just before a planned one stands for it"
    assert next_look_age(200.0, ages) is None


def test_ages_count_from_a_publication_that_is_told_to_the_minute() -> None:
    seen = OUT + timedelta(hours=5)
    assert out_at(DateClaim(at=OUT, precision=Precision.MINUTE), seen) == OUT
    assert out_at(DateClaim(at=OUT, precision=Precision.DAY), seen) == seen
    assert out_at(None, seen) == seen
    assert out_at(DateClaim(at=seen + timedelta(days=1), precision=Precision.SECOND), seen) == seen
