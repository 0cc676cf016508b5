"""The catalogue of misbehaving servers is one: tests go through all of it, the press has those behind links that end at once."""

from __future__ import annotations

from newsroom.misfits import ALL
from newsroom.ragged import PAGES
from pipeline.errors import BodyTooLargeError, BodyUndecodableError, ExchangeFailedError, ExchangeTimeoutError, ResponseCutError


def test_it_names_thirty_and_more_each_with_what_it_does_and_what_becomes_of_it() -> None:
    assert len(ALL) >= 30
    assert len({kind.__name__ for kind in ALL}) == len(ALL)
    assert all(kind.__doc__ for kind in ALL)
    expected = {BodyTooLargeError, BodyUndecodableError, ExchangeFailedError, ExchangeTimeoutError, ResponseCutError, None}
    assert {kind.error for kind in ALL} == expected
    assert all(kind.outcome is not None for kind in ALL if kind.error is not None)


def test_the_press_shows_a_dozen_of_them() -> None:
    assert len(PAGES) >= 12
    assert set(PAGES) <= set(ALL)
