"""What was changed, word by word."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import pytest

from pipeline.dedupe.worddiff import Span, apply_changes, changes_of, word_diff

OLD = "The council paid 4 million for the pier.\n\nWork begins in May.\n\nNobody objected."


def test_a_changed_word_is_told_alone() -> None:
    assert changes_of(OLD, OLD.replace("4 million", "5.5 million")) == [[17, "4", "5.5"]]


def test_changed_words_side_by_side_are_told_together() -> None:
    changed = [span for span in word_diff(OLD, OLD.replace("paid 4 million", "spent five millions")) if span.changed]
    assert changed == [Span(old="paid 4 million", new="spent five millions")]


def test_a_paragraph_more_leaves_the_others_alone() -> None:
    new = OLD.replace("Work", "The mayor resigned.\n\nWork")
    assert changes_of(OLD, new) == [[42, "", "The mayor resigned.\n\n"]]
    assert changes_of(new, OLD) == [[42, "The mayor resigned.\n\n", ""]]


def test_scripts_without_spaces_go_by_the_character() -> None:
    assert changes_of("港湾評議会は四百万を支払った。", "港湾評議会は五百万を支払った。") == [[6, "四", "五"]]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("वह मरा था", "वह मरी था", [[3, "मरा", "मरी"]]),
        ("او می\u200cرود", "او می\u200cروند", [[3, "می\u200cرود", "می\u200cروند"]]),
        ("น้ำท่วม", "นำท่วม", [[0, "น้", "น"]]),
        ("so 👍🏽 it is", "so 👍 it is", [[3, "👍🏽", "👍"]]),
        ("a 👩\u200d👩\u200d👧 here", "a 👩\u200d👧 here", [[2, "👩\u200d👩\u200d👧", "👩\u200d👧"]]),
    ],
)
def test_no_letter_is_torn_from_its_marks(old: str, new: str, told: list[object]) -> None:
    assert changes_of(old, new) == told


def test_equal_texts_have_no_changes() -> None:
    assert changes_of(OLD, OLD) == []
    assert word_diff("", "") == ()


@pytest.mark.parametrize("seed", range(20))
def test_the_new_text_can_be_made_of_the_old_one_and_what_is_stored(seed: int) -> None:
    chance = random.Random(seed)
    words = [
        chance.choice(["pier", "4", "…", "港", "the", "\n", "\n\n", "«x»", "मरी", "\u0301", "\u200d", "👍🏽\u200d—", "ท่"])
        for _ in range(200)
    ]
    other = [word for word in words if chance.random() > 0.2] + ["end"] * chance.randint(0, 3)
    chance.shuffle(other[:20])
    old, new = " ".join(words), " ".join(other)
    spans = word_diff(old, new)
    assert ("".join(span.old for span in spans), "".join(span.new for span in spans)) == (old, new)
    assert not any(one.changed and other.changed for one, other in pairwise(spans))
    assert apply_changes(old, json.loads(json.dumps(changes_of(old, new)))) == new


def test_an_article_in_one_paragraph_is_told_by_the_word() -> None:
    sentences = [f"The ward of {number} paid {number} million for its pier, and nobody objected to that." for number in range(900)]
    old = " ".join(sentences)
    new = old.replace("ward of 7 paid", "ward of 7 owed").replace("ward of 750 ", "ward of 751 ")
    assert [change[1:] for change in changes_of(old, new)] == [["paid", "owed"], ["750", "751"]]
    unspaced = "".join(f"第{number}区は桟橋に{number}百万円を支払った。" for number in range(900))
    assert [change[1:] for change in changes_of(unspaced, unspaced.replace("第44区は", "第44区が"))] == [["は", "が"]]


def test_one_word_out_of_thousands_without_a_full_stop_is_told_alone() -> None:
    words = [str(number) for number in range(3_000)]
    assert changes_of(" ".join(words), " ".join([*words[:700], "x", *words[701:]])) == [[len(" ".join(words[:700])) + 1, "700", "x"]]


def test_a_passage_too_long_to_compare_is_told_as_a_whole() -> None:
    old, new = " ".join(map(str, range(3_000))), " ".join(map(str, range(1, 3_001)))
    assert word_diff(old, new) == (Span(old=old, new=new),)
