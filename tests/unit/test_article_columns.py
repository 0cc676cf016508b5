"""Every column that an extraction sets is read and written by all statements that have to know it."""

from __future__ import annotations

import re

import pytest

from pipeline.records import Article
from pipeline.store.article_rows import first_facts, text_facts
from pipeline.store.queries import all_queries
from pipeline.text import count_words

_TEXT = text_facts(Article(claimed_url=None, title="t", body="b"), language=None, capture_id=None)
_FIRST = first_facts(Article(claimed_url=None, title="t", body="b"))
_CAPTURE = {"capture_id"}  # a re-extraction reads the capture that the row has


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("add_articles", {*_TEXT, *_FIRST}),
        ("revise_articles", {*_TEXT}),
        ("read_versions", {*_TEXT, *_FIRST}),
        ("rewrite_articles", {*_TEXT, *_FIRST} - _CAPTURE),
    ],
)
def test_a_statement_names_every_column(statement: str, wanted: set[str]) -> None:
    assert wanted - set(re.findall(r"\w+", all_queries()[statement])) == set()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("The council's — last — ships\n\nSail on.", 8),
        ("港湾審議会は月曜日、古い倉庫を開いた。" * 40, 340),
        ("理事会周一重新开放旧仓库。" * 40, 240),
        ("항만위원회가월요일에낡은창고를다시열었다" * 40, 400),
        ("항만위원회는 월요일에 낡은 창고를 다시 열었다.", 6),
        ("Der Minister 王毅 reiste ab.", 5),
        ("", 0),
    ],
    ids=["en", "ja", "zh", "ko-unspaced", "ko", "name", "empty"],
)
def test_words_are_counted_as_each_script_writes_them(body: str, words: int) -> None:
    assert count_words(body) == words
    assert Article(claimed_url=None, title="T", body=body).word_count == words
