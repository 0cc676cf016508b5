"""Two extractors' readings beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.steps.compare import READING, Change, Reading, compare, word_likeness


def reading(article_id: int, *, source: str = "beacon", refused: str | None = None, **columns: Any) -> Reading:
    url = f"https://www.{source}.test/{article_id}"
    return Reading(article_id=article_id, source=source, url=url, extractor="e", refused=refused, columns=columns)


def test_fields_are_counted_by_source() -> None:
    old = [
        reading(1, title="A", authors=["Ana"], section=None),
        reading(2, title="B", authors=[], section="City"),
        reading(3, source="herald", title="C", authors=[], section=None),
    ]
    new = [
        reading(1, title="A", authors=["Ana", "Bo"], section=None),
        reading(2, title="B!", authors=["Bo"], section=None),
        reading(3, source="herald", title="C", authors=[], section=None),
        reading(4, title="D", authors=[], section=None),
    ]
    found = compare({one.article_id: one for one in old}, new, most_examples=1)
    assert (found.compared, found.missing) == (3, 1)
    assert found.counts["beacon"] == {
        "title": {Change.EQUAL: 1, Change.CHANGED: 1},
        "authors": {Change.CHANGED: 1, Change.GAINED: 1},
        "section": {Change.EQUAL: 1, Change.LOST: 1},
    }
    assert found.by_field["title"] == {Change.EQUAL: 2, Change.CHANGED: 1}
    assert [(one.field, one.old, one.new) for one in found.examples["authors"]] == [("authors", "Ana", "Ana, Bo")]


def test_texts_are_compared_by_their_words_and_shown_by_the_lines_that_differ() -> None:
    old = reading(1, body="One two three four.\n\nADVERTISEMENT\n\nFive six.")
    new = reading(1, body="One two three four.\n\nFive six.")
    found = compare({1: old}, [new], most_examples=3)
    assert found.mean_similarity == pytest.approx(12 / 13)
    assert (found.texts_changed, found.texts_far) == (1, 0)
    assert [(one.old, one.new) for one in found.examples["body"]] == [("ADVERTISEMENT", "")]


def test_what_is_refused_or_accepted_now_is_told_apart() -> None:
    old = {1: reading(1, title="A"), 2: reading(2, refused="too_short: 8 words"), 3: reading(3, refused="too_short: 9 words")}
    new = [reading(1, refused="paywalled: teaser"), reading(2, title="B"), reading(3, refused="non_article: list page")]
    found = compare(old, new, most_examples=3)
    assert [(one.url, one.old, one.new) for one in found.refused] == [("https://www.beacon.test/1", "A", "paywalled: teaser")]
    assert [(one.url, one.old, one.new) for one in found.accepted] == [("https://www.beacon.test/2", "too_short: 8 words", "B")]


def test_likeness_counts_how_often_words_occur() -> None:
    assert word_likeness("", "") == 1
    assert word_likeness("a b", "c") == 0
    assert word_likeness("a a b", "a b b") == pytest.approx(2 / 3)


def test_a_result_file_keeps_a_reading() -> None:
    kept = reading(2**62, title="Ä", authors=["Bo"], quality=0.5, section=None)
    assert READING.validate_json(READING.dump_json(kept)) == kept
