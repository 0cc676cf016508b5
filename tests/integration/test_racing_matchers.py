"""Matchers and edits that come between each other: nothing is missed, nothing doubled, nothing written of a text that is no more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import pytest
from copies import STORY, Newsstand, pair
from sqlalchemy import Connection

from pipeline.store import matching
from pipeline.store.matching import match_all
from tests.stories import body, noisy


class _Matcher:
    """One matcher, a transaction at a time."""

    def __init__(self, stand: Newsstand) -> None:
        self._engine = stand.desk.engine
        self.connection: Connection = self._engine.connect()

    def publish(self) -> list[int]:
        return matching._publish_keys(self.connection)

    def match(self, ids: list[int]) -> None:
        matching._match(self.connection, ids)

    def commit(self) -> None:
        self.connection.commit()
        self.connection.close()
        self.connection = self._engine.connect()


def test_of_two_racing_writers_at_least_one_finds_the_other(stand: Newsstand) -> None:
    """Both publish before either looks: both find the pair, and there is one row."""
    one = stand.print("beacon", STORY)
    first = _Matcher(stand)
    assert first.publish() == [one]  # its lock keeps the second matcher off
    other = stand.print("courier", noisy(STORY, 0.05))
    second = _Matcher(stand)
    assert second.publish() == [other]
    first.commit()
    second.commit()
    first.match([one])
    second_done = threading.Thread(target=lambda: (second.match([other]), second.commit()))
    second_done.start()  # waits for the first one's row, or comes after it
    first.commit()
    second_done.join()
    assert stand.edges() == {pair(one, other, "near")}
    assert stand.waiting() == set()


def test_control_with_keys_and_look_up_in_one_transaction_the_pair_is_missed(stand: Newsstand) -> None:
    one = stand.print("beacon", STORY)
    first = _Matcher(stand)
    first.match(first.publish())
    other = stand.print("courier", noisy(STORY, 0.05))
    second = _Matcher(stand)
    assert second.publish() == [other]
    second.match([other])
    first.commit()
    second.commit()
    assert stand.edges() == set()
    assert stand.waiting() == set()
    assert one != other


def test_a_matcher_that_dies_between_its_transactions_leaves_its_work_to_the_next(stand: Newsstand) -> None:
    one, other = stand.print("beacon", STORY), stand.print("courier", STORY)
    dead = _Matcher(stand)
    ids = dead.publish()
    dead.commit()
    dead.match(ids)
    dead.connection.invalidate()  # as kill -9: the server rolls back
    match_all(stand.desk.engine)
    match_all(stand.desk.engine)
    assert stand.edges() == {pair(one, other, "exact")}
    assert stand.clusters() == {frozenset({one, other})}


def test_an_edit_in_the_middle_of_a_comparison_is_compared_too(stand: Newsstand) -> None:
    one, other = stand.print("beacon", STORY), stand.print("courier", STORY)
    matcher = _Matcher(stand)
    ids = matcher.publish()
    matcher.commit()
    matcher.match(ids)
    edited = threading.Thread(target=stand.rewrite, args=(one, body(7, 300)))
    edited.start()  # waits for the matcher, where DO NOTHING would have gone on
    matcher.commit()
    edited.join()
    assert stand.waiting() == {one}
    match_all(stand.desk.engine)
    assert stand.edges() == set()
    assert stand.clusters() == set()
    assert other


def _when_compared(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Once: what happens when a matcher has compared, and has not written yet."""
    compare = matching._compare

    def compare_and_let_it_happen(connection: Connection, mine: Mapping[int, matching._Side]) -> list[matching._Found]:
        found = list(compare(connection, mine))
        monkeypatch.setattr(matching, "_compare", compare)
        happens()
        return found

    monkeypatch.setattr(matching, "_compare", compare_and_let_it_happen)


def test_a_copy_that_finds_an_article_while_that_is_compared_stays_found(stand: Newsstand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The article's matcher looked before the copy was there, and writes after the copy's matcher has written and is done."""
    one, others = stand.print("beacon", STORY), []

    def a_copy_comes() -> None:
        others.append(stand.print("courier", noisy(STORY, 0.05)))
        match_all(stand.desk.engine)

    _when_compared(monkeypatch, a_copy_comes)
    match_all(stand.desk.engine)
    assert stand.waiting() == set()
    assert stand.edges() == {pair(one, others[0], "near")}
    assert stand.clusters() == {frozenset({one, *others})}


def test_what_was_found_of_a_text_that_was_edited_and_compared_meanwhile_is_not_written(
    stand: Newsstand, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = stand.print("beacon", STORY)
    match_all(stand.desk.engine)
    stand.print("courier", noisy(STORY, 0.05))

    def the_other_is_edited() -> None:
        stand.rewrite(one, body(7, 300))
        match_all(stand.desk.engine)

    _when_compared(monkeypatch, the_other_is_edited)
    match_all(stand.desk.engine)
    assert stand.waiting() == set()
    assert stand.edges() == set()
