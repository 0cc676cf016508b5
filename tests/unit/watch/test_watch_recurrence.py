"""What is furniture: what returns for weeks above different stories."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.records import RecurringBlock
from pipeline.watch.recurrence import is_hidden, is_one_topic

OUTLET = [
    *("Council votes on ferry pier", "Nine bakers share a prize", "Trains stop for a week", "Rain until Sunday"),
    *("School gets a new roof", "Mayor opens the market", "Theatre season begins", "Fish prices rise again"),
    *("Bridge closed for repairs", "Hospital looks for nurses", "A lynx walks through town", "Bus fares go up"),
]
STORM = [
    "Storm closes the bridge",
    "After the storm: who pays?",
    "Storm fund is empty",
    "What the storm left",
    "Insurers count storm losses",
]


def block(**changed: Any) -> RecurringBlock:
    counts = {"stories": 10, "days": 5, "first_day": date(2026, 5, 1), "last_day": date(2026, 5, 15)}
    return RecurringBlock(**{"block": 1, "article_ids": (), **counts, **changed})


@pytest.mark.parametrize("too_little", [{"stories": 9}, {"days": 4}, {"last_day": date(2026, 5, 14)}])
def test_a_line_returns_often_and_for_long(too_little: dict[str, Any]) -> None:
    assert is_hidden(block(), OUTLET, OUTLET)
    assert not is_hidden(block(**too_little), OUTLET, OUTLET)


def test_background_of_a_story_that_runs_for_weeks_is_kept() -> None:
    assert is_one_topic(STORM, [*OUTLET, *STORM])
    assert not is_hidden(block(stories=30, days=20, last_day=date(2026, 6, 30)), STORM, [*OUTLET, *STORM])
    assert not is_one_topic(OUTLET, [*OUTLET, *STORM])


def test_what_all_of_an_outlet_is_about_is_no_topic_of_a_story() -> None:
    clubs = [f"Harbour FC {verb} in {town}" for verb in ("wins", "loses", "draws") for town in ("Northmere", "Quay", "Millbay")]
    assert not is_one_topic(clubs[:5], clubs)


def test_scripts_without_spaces() -> None:
    outlet = ["港で火災", "市長が辞任", "新しい橋が開通", "大雨で列車運休", "学校に新校舎", "物価が上昇", "祭りに三万人", "病院で人手不足"]
    storm = ["台風が上陸", "台風の被害額", "台風後の復旧", "台風で停電続く"]
    assert is_one_topic(storm, [*outlet, *storm]) and not is_one_topic(outlet, [*outlet, *storm])


def test_no_headlines_are_no_topic() -> None:
    assert not is_one_topic([], OUTLET)
