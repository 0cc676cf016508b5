"""The quality gate on texts that no page template makes."""

from __future__ import annotations

import pytest

from pipeline.extract.quality import Sample, count_words, judge
from pipeline.records import Access, Outcome, Refused


def _sample(text: str) -> Sample:
    return Sample(
        url="https://www.a.test/news/1",
        title="A title",
        page_title="A title",
        text=text,
        raw_text=text,
        access=Access.FREE,
        dated=True,
        article_markup=True,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The council's last ships", 5),
        ("परिषद ने पुराने गोदाम खोले।अब सब खुश हैं ।", 9),
        ("துறைமுக மன்றம் பழைய கிடங்குகளைத் திறந்தது", 5),
        ("বন্দর পরিষদ পুরোনো গুদাম খুলে দিল", 6),
        ("港湾審議会は古い倉庫を開いた。", 7),
    ],
    ids=["en", "hi", "ta", "bn", "ja"],
)
def test_vowel_signs_part_no_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_binary_data_is_a_bad_page() -> None:
    verdict = judge(_sample(" ".join("word\ufffd" for _ in range(200))), 50)
    assert isinstance(verdict, Refused) and verdict.outcome is Outcome.BAD_PAGE


def test_a_lost_letter_in_a_long_text_is_no_reason_to_refuse() -> None:
    assert not isinstance(judge(_sample("An ordinary sentence of some words. " * 40 + "caf\ufffd"), 50), Refused)
