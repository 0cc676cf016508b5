"""How texts and queries become words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search import (
    ALL_CONFIGS,
    HIGHLIGHT_END,
    HIGHLIGHT_START,
    highlight,
    primary_language,
    search_configs,
    search_query,
    search_text,
    ts_config,
)

CJK = st.text(st.sampled_from("新聞報道東京大学記者会見カタカナひらがな한국어뉴스々𠮷"), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("language", "config"),
    [
        ("en", "english"),
        ("pt-BR", "portuguese"),
        ("sr_Latn", "serbian"),
        ("NB", "norwegian"),
        ("zh-Hant", "simple"),
        ("xx", "simple"),
        ("", "simple"),
        (None, "simple"),
    ],
)
def test_ts_config(language: str | None, config: str) -> None:
    assert ts_config(language) == config


@given(st.one_of(st.none(), st.text()))
def test_every_language_has_a_configuration_that_is_searched(language: str | None) -> None:
    assert set(search_configs(language)) <= set(ALL_CONFIGS)
    assert ts_config(language) in ALL_CONFIGS


def test_all_languages_are_searched_when_none_is_asked_for() -> None:
    assert search_configs(None) == ALL_CONFIGS
    assert search_configs("de-AT") == ("german",)
    assert primary_language("de-AT") == "de"


def test_pairs_of_title_and_body() -> None:
    assert search_text("東京大学", "記者会見", "ja") == " 東京 京大 大学 \n 記者 者会 会見  京 会 大 学 東 者 見 記"


def test_words_between_spaces_need_no_search_text() -> None:
    assert search_text("A storm", "It hit the coast of 日本.", "en") is None
    assert search_text("A storm", "It hit the coast.", "zh") is None


def test_letters_tell_a_cjk_text_whatever_its_language_is_said_to_be() -> None:
    assert search_text("東京大学", "記者会見", "en") is not None
    assert search_text("東京大学", "記者会見", None) is not None


def test_other_words_of_a_cjk_text_stay() -> None:
    found = search_text("NATO首脳会議", "2026年のNATO", "ja")
    assert found is not None and found.startswith("NATO 首脳 脳会 会議 \n2026 年の NATO")


def test_half_width_and_full_width_forms_are_one() -> None:
    assert search_text("ｶﾀｶﾅ", "ＮＡＴＯ", "ja") == search_text("カタカナ", "NATO", "ja")


@given(CJK, CJK)
def test_every_part_of_a_text_is_found_by_its_pairs(before: str, part: str) -> None:
    """The pairs of a query stand one after the other among the pairs of each text that contains it."""
    indexed = search_text("題", f"{before}{part}", "zh")
    assert indexed is not None
    assert search_query(part).strip().strip('"') in indexed


@given(st.text(), st.text(max_size=200_000), st.sampled_from(["zh", "en", None]))
def test_search_text_is_bounded_and_two_lined(title: str, body: str, language: str | None) -> None:
    found = search_text(title, body, language)
    assert found is None or (len(found.split("\n", 1)) == 2 and len(found) <= 4 * (len(title) + len(body)) * 18 + 10)


def test_a_long_text_is_cut_so_that_it_fits_the_index() -> None:
    found = search_text("題" * 2000, "新聞" * 500_000, "zh")
    assert found is not None and len(found) < 125_000


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("storm -rain", "storm -rain"),
        ('"a storm" or rain', '"a storm" or rain'),
        ("記者会見", '"記者 者会 会見" '),
        ("-記者会見 東京", '-"記者 者会 会見"  "東京" '),
        ("猫", "猫 "),
        ("NATO首脳", 'NATO "首脳" '),
        ('"NATO首脳会議"', '"NATO 首脳 脳会 会議 "'),
        ("", ""),
    ],
)
def test_search_query(words: str, query: str) -> None:
    assert search_query(words) == query


@given(st.text())
def test_search_query_keeps_quotes_paired_as_they_were(words: str) -> None:
    assert search_query(words).count('"') % 2 == words.replace("＂", '"').count('"') % 2
    assert "\0" not in search_query(words)


def test_highlight_marks_every_run_near_the_first() -> None:
    text = "首相は二日、東京で記者会見した。東京は雨。"
    assert highlight(text, "東京 記者会見", around=8) == "首相は二日、⟦東京⟧で⟦記者会見⟧した。"
    assert highlight(text, "大阪", around=4) == text[:8]


@given(CJK, CJK)
def test_highlight_shows_what_stands_there(text: str, words: str) -> None:
    shown = highlight(text, words, around=1000)
    assert shown.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "") == text
