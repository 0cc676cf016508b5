"""What two articles are to each other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.dedupe.fingerprint import profile
from pipeline.dedupe.match import Kind, Match, Text, compare, worth_comparing
from tests.stories import body, noisy, paragraphs

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORY = body(1, 400)
FORMULA = (
    "The board of {} declared a regular quarterly dividend of {} cents a share, payable {} April to holders of record {} March, it said."
)


def text(body_text: str, *, title: str = "", hours: float | None = 0) -> Text:
    return Text(
        title=title,
        profile=profile(body_text),
        body_sha256=hashlib.sha256(body_text.encode()).digest(),
        published_at=None if hours is None else NOW + timedelta(hours=hours),
    )


def kind(one: Text, other: Text) -> Kind | None:
    found, mirrored = compare(one, other), compare(other, one)
    assert (found and found.kind) == (mirrored and mirrored.kind)  # whichever comes first
    if found is not None and mirrored is not None and one.body_sha256 != other.body_sha256:
        assert found.second_longer != mirrored.second_longer
    return found and found.kind


def _found(one: Text, other: Text) -> Match:
    found = compare(one, other)
    assert found is not None
    return found


def test_the_same_text_is_exact() -> None:
    assert kind(text(STORY), text(STORY, hours=60)) is Kind.EXACT
    assert kind(text(STORY), text(STORY, hours=24 * 20)) is Kind.EXACT
    assert kind(text(STORY), text(STORY, hours=24 * 40)) is Kind.QUOTE


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3])
def test_a_text_with_up_to_three_words_in_ten_replaced_is_near(share: float) -> None:
    assert kind(text(STORY), text(noisy(STORY, share), hours=5)) is Kind.NEAR


def test_paragraphs_in_another_order_are_near() -> None:
    assert kind(text(STORY), text("\n".join(reversed(paragraphs(1, 400))))) is Kind.NEAR


def test_the_first_lines_of_a_long_story_are_an_abridged_copy() -> None:
    stub = " ".join(STORY.split()[:60])
    assert kind(text(body(1, 1000)), text(stub)) is Kind.ABRIDGED
    found = _found(text(stub), text(STORY))
    assert found.containment == 1.0
    assert found.second_longer
    assert found.begins < 0.05 < found.ends < 0.2


def test_lines_from_the_middle_of_a_story_are_a_quotation() -> None:
    assert kind(text(STORY), text(" ".join(STORY.split()[200:260]))) is Kind.QUOTE
    own = body(2, 500)
    assert kind(text(STORY), text(f"{own}\n{' '.join(STORY.split()[:40])}")) is Kind.QUOTE


def test_other_stories_are_nothing() -> None:
    assert kind(text(STORY), text(body(2, 400))) is None


def test_a_copy_with_a_long_tail_of_other_texts_is_a_copy() -> None:
    assert kind(text(STORY), text(f"{STORY}\n{body(9, 700)}")) is Kind.ABRIDGED


def test_beyond_three_days_only_nearly_equal_long_texts_count() -> None:
    later = 24 * 10
    assert kind(text(STORY), text(noisy(STORY, 0.02), hours=later)) is Kind.NEAR
    assert kind(text(STORY), text(noisy(STORY, 0.15), hours=later)) in {None, Kind.QUOTE}
    assert kind(text(body(1, 100)), text(noisy(body(1, 100), 0.02), hours=later)) is not Kind.NEAR


def test_short_texts_of_one_formula_are_two_stories_where_their_numbers_differ() -> None:
    one = " ".join(FORMULA.format(name, *numbers) for name, numbers in (("Ostrava Mills", (12, 30, 15)), ("Tarn Rail", (7, 9, 21))))
    other = " ".join(FORMULA.format(name, *numbers) for name, numbers in (("Ostrava Mills", (18, 28, 17)), ("Tarn Rail", (3, 8, 24))))
    assert kind(text(one), text(other)) not in {Kind.NEAR, Kind.EXACT, Kind.ABRIDGED}
    assert kind(text(one), text(one.replace("declared", "has declared"))) is Kind.NEAR


def test_a_short_report_with_the_same_figures_under_the_same_title_is_its_correction() -> None:
    first = "Shr 22 cts vs 24 cts\nNet 2,794,000 vs 2,993,000\nRevs 91.4 mln vs 66.4 mln"
    second = (
        "Quarter ended August\nShr 22 cts vs 24 cts\nNet 2,794,000 vs 2,993,000\nRevenues 91.4 mln vs 66.4 mln\nSix months not given yet"
    )
    assert (
        kind(text(first, title="Continental Systems 2nd qtr net"), text(second, title="Continental Systems 2nd qtr net", hours=2))
        is Kind.NEAR
    )
    assert kind(text(first, title="Continental Systems 2nd qtr net"), text(second, title="Amber Foundry results", hours=2)) is None


def test_without_a_date_no_window_applies_and_short_texts_are_no_near_copies() -> None:
    assert kind(text(STORY, hours=None), text(noisy(STORY, 0.1))) is Kind.NEAR
    assert kind(text(body(1, 100), hours=None), text(noisy(body(1, 100), 0.05))) is not Kind.NEAR


def test_texts_in_scripts_without_spaces_are_compared_as_well() -> None:
    lines = [
        f"港の評議会は{at}日、嵐で閉鎖された第{at * 7}桟橋を{at + 3}億円で再建することを決め、住民の{at * 3}人が賛成した。"
        for at in range(1, 12)
    ]
    whole = "".join(lines)
    assert kind(text(whole), text("".join(lines[:4]))) is Kind.ABRIDGED
    assert kind(text(whole), text(whole.replace("評議会", "市議会"))) is Kind.NEAR


def test_far_apart_many_common_keys_are_asked_for() -> None:
    near, far = text(STORY), text(STORY, hours=24 * 9)
    assert worth_comparing(2, near, near)
    assert not worth_comparing(1, near, near)
    assert not worth_comparing(2, near, far)
    assert worth_comparing(len(near.profile.keys), near, far)


@pytest.mark.parametrize("words", [12, 50, 400])
def test_the_same_text_to_the_letter_scores_as_word_for_word(words: int) -> None:
    """Its shares are not counted but known; a hash that differs has them counted."""
    one, other = text(body(3, words), title="Pier reopens"), text(body(3, words), title="Harbour news", hours=2)
    known, counted = compare(one, other), compare(one, replace(other, body_sha256=b"another"))
    assert known is not None and counted is not None
    assert replace(known, kind=Kind.NEAR, second_longer=True) == replace(counted, kind=Kind.NEAR, second_longer=True)
