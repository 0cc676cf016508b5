"""A database that restarts is waited for, one that stays away is not."""

from __future__ import annotations

import pytest

from pipeline.errors import DatabaseDownError
from pipeline.steps import patience


async def test_it_is_asked_again_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.0)
    answers = iter([DatabaseDownError("away"), DatabaseDownError("starting"), "here"])

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, DatabaseDownError):
            raise answer
        return answer

    assert await patience.once_it_answers(ask) == "here"


async def test_one_that_stays_away_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", -1.0)

    def ask() -> None:
        raise DatabaseDownError("away")

    with pytest.raises(DatabaseDownError, match="for more than"):
        await patience.once_it_answers(ask)
