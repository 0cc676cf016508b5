"""Every column that an extraction sets is read and written by all statements that have to know it."""

from __future__ import annotations

import re

import pytest

from pipeline.records import Article
from pipeline.store.article_rows import first_facts, text_facts
from pipeline.store.queries import all_queries

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
