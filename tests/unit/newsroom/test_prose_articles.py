"""Articles are made from their seed alone, read like articles, and share little with each other."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import pytest

from newsroom.grammar import load_language
from newsroom.prose import article_words, edit_article, slug_of, write_article
from newsroom.records import (
    BulletList,
    FeedKind,
    Form,
    MapKind,
    Metadata,
    Outlet,
    Paragraph,
    PressArticle,
    Quote,
    Section,
    Subheading,
    Table,
    article_path,
    body_lines,
)

LANGUAGES = ("en", "de", "fr", "es", "ru", "ja")
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
# The runs of one script stand in for Japanese words.
WORD = re.compile(r"[\u4e00-\u9fff々]+|[\u3040-\u309f]+|[\u30a0-\u30ff]+|[^\W\u3040-\u30ff\u4e00-\u9fff]+")


def outlet(language: str, *, media_type: str = "newspaper") -> Outlet:
    return Outlet(
        slug="beacon",
        name="The Beacon",
        language=language,
        country="GB",
        timezone="Europe/London",
        media_type=media_type,
        template="broadsheet",
        metadata=Metadata(json_ld=Form.RIGHT, open_graph=Form.RIGHT, microdata=Form.RIGHT),
        sections=tuple(Section(slug=slug, name=slug.title()) for slug in ("politics", "economy", "science", "opinion")),
        path_pattern="/{section}/{date:%Y/%m/%d}/{slug}-{id}",
        feed=FeedKind.RSS,
        feed_window=10,
        maps=MapKind.NEWS,
    )


def articles(language: str, count: int) -> list[PressArticle]:
    return [write_article(seed=seed, outlet=outlet(language), published_at=AT) for seed in range(count)]


def shingles(article: PressArticle) -> frozenset[tuple[str, ...]]:
    words = WORD.findall(" ".join(body_lines(article.paragraphs)).casefold())
    return frozenset(zip(words, islice(words, 1, None), islice(words, 2, None), strict=False))


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_seed_makes_one_article(language: str) -> None:
    first, second = articles(language, 12), articles(language, 12)
    assert first == second
    assert len({article.title for article in first}) == len(first)


def test_an_article_is_the_same_on_every_machine() -> None:
    """No hash of this process's own, no order of a set: the text of a seed is a constant."""
    article = write_article(seed=7, outlet=outlet("en"), published_at=AT)
    assert article.article_id == "7"
    assert article.title == "Alistair Wolstenholme: “Half-finished merger could delay apprentices”"


@pytest.mark.parametrize("language", LANGUAGES)
def test_length_is_that_of_a_news_article(language: str) -> None:
    for article in articles(language, 150):
        running = [block for block in article.paragraphs if isinstance(block, Paragraph)]
        assert 6 <= len(running) <= 22
        assert 150 <= article_words(article) <= 720
        assert isinstance(article.paragraphs[0], Paragraph)
        assert not isinstance(article.paragraphs[-1], Subheading)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_is_clean(language: str) -> None:
    for article in articles(language, 60):
        for line in (article.title, article.subtitle or "", article.image_caption or "", *article.tags, *body_lines(article.paragraphs)):
            assert not re.search(r"[{}|<>]|\s{2}|^\s|\s$", line), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_block_and_ornament_occurs(language: str) -> None:
    made = articles(language, 150)
    assert {type(block) for article in made for block in article.paragraphs} == {Paragraph, Subheading, Quote, BulletList, Table}
    assert {len(article.authors) for article in made} >= {0, 1, 2}
    assert any(article.dateline for article in made) and any(article.dateline is None for article in made)
    assert any(article.agency for article in made) and any(article.agency is None for article in made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_articles_share_few_word_triples(language: str) -> None:
    """Word 3-gram Jaccard < 0.1 for at least 99.9 % of pairs, or the duplicate finder would be tested on accidents."""
    sets = [shingles(article) for article in articles(language, 150)]
    rng = random.Random(5)
    pairs = [rng.sample(range(len(sets)), 2) for _ in range(5000)]
    near = sum(len(sets[a] & sets[b]) >= 0.1 * len(sets[a] | sets[b]) for a, b in pairs)
    assert near <= len(pairs) // 1000


def test_an_agency_credits_itself() -> None:
    article = write_article(seed=3, outlet=outlet("en", media_type="agency"), published_at=AT)
    assert article.agency == "The Beacon"


def test_the_section_sets_the_topic() -> None:
    politics = replace(outlet("en"), sections=(Section(slug="politics", name="Politics"),))
    text = " ".join(body_lines(write_article(seed=1, outlet=politics, published_at=AT).paragraphs))
    assert "coalition" in text or "ballot" in text or "committee" in text


def test_a_language_without_phrases_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        write_article(seed=1, outlet=outlet("tlh"), published_at=AT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_of_the_phrases_has_its_rule(language: str) -> None:
    phrases = load_language(language)
    slots = {
        part.rule
        for rules in (phrases.rules, *phrases.topics.values())
        for alternatives in rules.values()
        for alternative in alternatives
        for part in alternative
        if hasattr(part, "rule")
    }
    known = phrases.rules.keys() | set.intersection(*(set(rules) for rules in phrases.topics.values()))
    assert slots <= known
    assert phrases.sticky <= phrases.rules.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edit_changes_the_substance_and_keeps_the_address(language: str) -> None:
    place = outlet(language)
    told, kinds = set(), set()
    for article in articles(language, 40):
        edited = edit_article(article, seed=1)
        assert edited == edit_article(article, seed=1)
        assert edited.version == 2
        assert article_path(place, edited) == article_path(place, article)
        new_title = edited.title != article.title
        assert new_title != (body_lines(edited.paragraphs) != body_lines(article.paragraphs))
        kinds.add((new_title, len(edited.paragraphs) - len(article.paragraphs)))
        told.add(edited.modified_at is not None)
        assert edited.modified_at is None or edited.modified_at > article.published_at
    assert kinds == {(True, 0), (False, 0), (False, 1)}
    assert told == {True, False}


def test_an_edit_can_be_dated() -> None:
    later = datetime(2026, 3, 5, tzinfo=UTC)
    dates = {edit_article(article, seed=2, edited_at=later).modified_at for article in articles("en", 20)}
    assert dates == {later, None}


def test_edits_of_edits_differ() -> None:
    article = articles("en", 1)[0]
    second = edit_article(article, seed=1)
    third = edit_article(second, seed=1)
    assert third.version == 3
    assert (third.title, third.paragraphs) != (second.title, second.paragraphs)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Größe zählt: 3 Fragen", "groesse-zaehlt-3-fragen"),
        ("Élan à Nîmes", "elan-a-nimes"),
        ("Мост и порт", "мост-и-порт"),
        ("橋が変わる", "橋が変わる"),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert slug_of(title) == slug
