"""`dateline copies` on the rows of stocked.sql: 41 is the agency's, 77 the same text in another outlet."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_calls import Caller, url_of
from sqlalchemy import Engine


@pytest.fixture
def caller(stocked: Engine, tmp_path: Path) -> Caller:
    return Caller(url_of(stocked), tmp_path / "data")


def test_the_story_its_first_printer_and_the_credited_agency(caller: Caller) -> None:
    shown = caller.works("copies", "77")
    assert "2 articles of 2 outlets tell this story" in shown
    assert "First printed by" in shown and "Credited: Wire" in shown
    assert "origin" in shown and "exact" in shown and "100%" in shown


def test_the_two_texts_side_by_side(caller: Caller) -> None:
    shown = caller.works("copies", "https://www.herald.test/budget", "--beside", "41")
    assert "No copy of it is known." in shown
    assert "[-" in shown and "{+" in shown  # marks in place of colours


def test_as_json(caller: Caller) -> None:
    found = caller.json("copies", "41")
    assert (found["story"]["origin_id"], [one["article_id"] for one in found["copies"]], found["agencies"]) == (41, [41, 77], ["Wire"])
    assert found["sides"][0]["article_id"] == 41 and found["changes"] == []


@pytest.mark.parametrize("key", ["5555", "https://nowhere.test/", "nonsense"])
def test_an_unknown_article_is_one_sentence(caller: Caller, key: str) -> None:
    assert "no such thing: an article" in caller.sentence("copies", key)
