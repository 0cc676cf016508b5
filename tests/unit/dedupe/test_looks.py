"""When articles are looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.dedupe.lookprices import look_ages, look_price, next_look_age
from pipeline.dedupe.looks import Editing, LookPlan, out_at, outlet_rates
from pipeline.records import DateClaim, Precision

OUT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def _ages(looks: float, days: float = 7.0) -> list[float]:
    return look_ages(look_price(looks, days), days)


@pytest.mark.parametrize("looks", [1, 2, 6, 30])
def test_the_budget_is_spent_within_the_span(looks: int) -> None:
    ages = _ages(looks)
    assert len(ages) == looks and ages[-1] <= 168.0
    assert ages == sorted(ages)


@pytest.mark.parametrize("looks", [6, 30])
def test_looks_are_dense_first_and_thin_later(looks: int) -> None:
    ages = _ages(looks)
    gaps = [later - earlier for earlier, later in zip([0.0, *ages], ages, strict=False)]
    assert all(later > earlier * 0.6 for earlier, later in pairwise(gaps)) and gaps[-1] > 5 * gaps[0]
    assert sum(age <= 24 for age in ages) >= looks / 3


def test_a_large_budget_never_looks_twice_within_ten_minutes() -> None:
    ages = _ages(500, 2.0)
    assert min(later - earlier for earlier, later in pairwise(ages)) >= 1 / 6 - 1e-9


@pytest.mark.parametrize("shift", [0.8, 0.9, 1.1, 1.25])
@pytest.mark.parametrize("which", [0, 1, 2, 4])
def test_no_look_can_be_moved_to_find_edits_sooner(which: int, shift: float) -> None:
    """The mean delay over edits that fall as the plan takes it is smallest for the plan as it is."""
    ages = _ages(6)
    moved = sorted(age * (shift if at == which else 1.0) for at, age in enumerate(ages))
    assert _mean_delay(ages) < _mean_delay(moved)


def _mean_delay(ages: list[float]) -> float:
    step = 0.02
    weights = {(number + 0.5) * step: (1 + (number + 0.5) * step / 4) ** -2 + 0.004 for number in range(int(168 / step))}
    delays = ((next(age for age in ages if age >= at) - at) * weight for at, weight in weights.items())
    return sum(delays) / sum(weights.values())


def test_no_budget_means_no_look() -> None:
    assert LookPlan(looks=0, days=7.0).next_look(OUT, OUT) is None
    assert LookPlan(looks=6, days=7.0).next_look(OUT, OUT, Editing(looks=0)) is None


def test_a_budget_between_two_numbers_costs_less_than_the_higher_and_more_than_the_lower() -> None:
    prices = [look_price(looks, 7.0) for looks in (0.5, 1, 1.5, 2, 2.5, 3, 10, 10.5, 11)]
    assert prices == sorted(prices, reverse=True)


def test_a_look_out_of_turn_counts_as_one_of_the_plan() -> None:
    """What a list brought about, and an article that is found late: the looks that follow are planned from there."""
    price, ages = look_price(6, 7.0), _ages(6)
    assert next_look_age(30.0, price, 7.0) == pytest.approx(ages[3], rel=0.06)
    assert (next_look_age(ages[2] * 0.8, price, 7.0) or 0.0) > ages[2] * 1.5, "a look shortly before a planned one stands for it"
    late = [ages[1] * 0.8, *_after(ages[1] * 0.8)]
    assert len([ages[0], *late]) == len(ages)
    assert next_look_age(200.0, price, 7.0) is None and next_look_age(168.0, price, 7.0) is None


def _after(age: float) -> list[float]:
    ages = []
    while (following := next_look_age(age, look_price(6, 7.0), 7.0)) is not None:
        ages.append(age := following)
    return ages


def test_ages_count_from_a_publication_that_is_told_to_the_minute() -> None:
    seen = OUT + timedelta(hours=5)
    assert out_at(DateClaim(at=OUT, precision=Precision.MINUTE), seen) == OUT
    assert out_at(DateClaim(at=OUT, precision=Precision.DAY), seen) == seen
    assert out_at(None, seen) == seen
    assert out_at(DateClaim(at=seen + timedelta(days=1), precision=Precision.SECOND), seen) == seen


def _looks(editing: Editing, budget: float = 12) -> int:
    """How many looks an article gets that keeps the rate it has."""
    plan, age, looks = LookPlan(looks=budget, days=7.0), 0.0, 0
    while (following := plan.next_age(age, editing)) is not None:
        age, looks = following, looks + 1
    return looks


def test_what_is_edited_often_is_looked_at_more_often() -> None:
    assert _looks(Editing(outlet=0.5)) < _looks(Editing()) < _looks(Editing(outlet=2.0))
    assert _looks(Editing()) < _looks(Editing(seen=1)) < _looks(Editing(seen=3))
    assert _looks(Editing(outlet=0.25), 2) >= 1, "nobody is left without"


def test_what_was_edited_is_looked_at_sooner_and_what_was_left_alone_later() -> None:
    plan = LookPlan(looks=6, days=7.0)
    alone, once, twice = (plan.next_age(24.0, Editing(seen=seen)) or 0.0 for seen in (0, 1, 2))
    assert twice < once < alone


def test_a_budget_of_the_outlets_own_is_kept() -> None:
    assert [_looks(Editing(outlet=3.0, seen=2, looks=looks)) for looks in (0, 1, 7)] == [0, 1, 7]


def test_outlets_are_known_by_their_articles_and_few_articles_say_little() -> None:
    rates = outlet_rates({"often": (1_000, 600), "seldom": (1_000, 200), "new": (2, 2)})
    assert 1.4 < rates["often"] < 1.5 and 0.5 < rates["seldom"] < 0.6
    assert rates["new"] == pytest.approx(1.06, abs=0.02)
    assert outlet_rates({"quiet": (40, 0)}) == {"quiet": 1.0}
    assert outlet_rates({}) == {}
