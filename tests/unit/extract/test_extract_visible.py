"""What the visible page gives as subtitle: the line under the headline, by the names that newsrooms give it, and no teaser's."""

from __future__ import annotations

import pytest

from pipeline.extract.markup import parse
from pipeline.extract.visible import read_visible

STANDFIRST = "The council decides on Monday how the old grain stores will be used."


def subtitles(page: str) -> list[str]:
    return [claim.value for claim in read_visible(parse(page)) if claim.field == "subtitle"]


@pytest.mark.parametrize(
    "name",
    [
        "standfirst",
        "article-subtitle",
        "lead__sub-title",
        "head_sub_title",
        "story-strapline",
        "p-dek",
        "article__dek",
        "articleDek--wide",
        "x dek",
    ],
)
def test_a_line_under_the_headline_is_the_subtitle(name: str) -> None:
    assert subtitles(f'<body class="recommended"><h1>Stores to open</h1><p class="{name}">{STANDFIRST}</p><p>On Monday.</p>') == [
        STANDFIRST
    ]


@pytest.mark.parametrize(
    "around",
    [
        '<aside><p class="{}">',
        '<ul><li><p class="{}">',
        '<div class="related-posts"><div><p class="{}">',
        '<section class="left-sidebar"><p class="{}">',
    ],
)
def test_a_teasers_subtitle_is_none(around: str) -> None:
    assert subtitles(f"<h1>Stores to open</h1>{around.format('card-subtitle')}{STANDFIRST}</p>") == []


@pytest.mark.parametrize("name", ["indeks", "dekor-box", "desktop-deko"])
def test_names_of_other_things_are_none(name: str) -> None:
    assert subtitles(f'<h1>Stores to open</h1><p class="{name}">{STANDFIRST}</p>') == []
