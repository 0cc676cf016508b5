"""Which links of a page are articles is learnt from what became articles on that site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.discover.links import read_links
from pipeline.discover.shapes import KnownShapes, learn_shapes, shape_of

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
SITE = "https://www.e.org"


def found(page: str, known: KnownShapes) -> list[str]:
    reading = read_links(f"<html><body>{page}</body></html>".encode(), url=f"{SITE}/", now=NOW, known=known)
    return [candidate.url.removeprefix(SITE) for candidate in reading.candidates]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/news/pier-vote-in-may", "/news/harbour-council-splits-again", True),
        ("/news/2026/pier-vote-in-may", "/news/2025/harbour-council-splits", True),
        ("/news/pier-vote-in-may", "/tags/pier-vote-in-may", False),
        ("/news/pier-vote-in-may", "/news/pier-vote-in-may.html", False),
        ("/n/48121", "/n/48213", True),
        ("/n/48121", "/n/about", False),
        ("/read?id=1", "/read?id=77", True),
        ("/read?id=1", "/read?page=1", False),
    ],
)
def test_shapes(one: str, other: str, same: bool) -> None:
    assert (shape_of(SITE + one) == shape_of(SITE + other)) is same


def test_addresses_without_looks_are_articles_where_such_became_articles() -> None:
    page = "<p><a href='/n/10'>Pier</a> <a href='/n/11'>Ferry</a> <a href='/about'>About</a></p>"
    assert found(page, KnownShapes()) == []
    assert found(page, learn_shapes((f"{SITE}/n/{number}", True) for number in range(5))) == ["/n/10", "/n/11"]


def test_even_what_looks_like_a_hub() -> None:
    page = "<nav><a href='/video/pier-opens-after-storm'>Pier</a></nav>"
    assert found(page, KnownShapes()) == []
    tried = [(f"{SITE}/video/story-of-the-day-{number}", True) for number in "abc"]
    assert found(page, learn_shapes(tried)) == ["/video/pier-opens-after-storm"]


def test_what_never_became_an_article_is_left_alone() -> None:
    page = "<h2><a href='/dossier/all-about-the-old-pier'>All about the old pier of Northmere</a></h2>"
    assert found(page, KnownShapes()) == ["/dossier/all-about-the-old-pier"]
    others = [(f"{SITE}/dossier/all-about-topic-{number}", False) for number in "abcde"]
    assert found(page, learn_shapes(others)) == []
    assert found(page, learn_shapes(others[:4])) != []  # too few to tell
    assert found(page, learn_shapes([*others, *((url, True) for url, _ in others[:2])])) != []  # some were articles
