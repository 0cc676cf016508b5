"""Every template prints the whole article in every language; noise and bad pages leave it alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsroom.prose import edit_article, write_article
from newsroom.records import Edition, FeedKind, Form, MapKind, Metadata, Outlet, Paragraph, PressArticle, Section, article_url, body_lines
from newsroom.render import BAD_KINDS, bad_page, judging_names, render_page, template_names

LANGUAGES = ("en", "de", "fr", "es", "ru", "ja")
TEMPLATES = (*template_names(), *judging_names())
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
EDITIONS = (Edition.WWW, Edition.MOBILE, Edition.AMP)


def outlet(template: str = "broadsheet", language: str = "en", *, slug: str = "beacon", form: Form = Form.RIGHT) -> Outlet:
    return Outlet(
        slug=slug,
        name="The Beacon & Co",
        language=language,
        country="GB",
        timezone="America/New_York",
        media_type="newspaper",
        template=template,
        metadata=Metadata(json_ld=form, open_graph=form, microdata=form),
        sections=(Section(slug="politics", name="Politics"), Section(slug="local", name="Local")),
        path_pattern="/{section}/{slug}-{id}",
        feed=FeedKind.RSS,
        feed_window=10,
        maps=MapKind.NEWS,
        editions=EDITIONS,
        origins=tuple((edition, f"http://{edition}.{slug}.test:8080") for edition in EDITIONS),
    )


def article_of(place: Outlet, seed: int = 1) -> PressArticle:
    return write_article(seed=seed, outlet=place, published_at=AT)


def related_to(place: Outlet) -> list[PressArticle]:
    return [article_of(place, seed) for seed in range(100, 104)]


def visible(html: str) -> str:
    """The page's text, with single spaces, as a reader could see it."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript", "head"])
    assert tree.body is not None
    return re.sub(r"\s+", " ", tree.body.text(separator=" "))


def test_there_are_enough_designs() -> None:
    assert len(template_names()) >= 12
    assert len(judging_names()) >= 4
    assert not any(name.startswith("judging/") for name in template_names())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_whole_article_is_on_its_page(template: str, language: str) -> None:
    place = outlet(template, language)
    for seed in (1, 2, 3, 4):
        article = edit_article(article_of(place, seed), seed=1)
        text = visible(render_page(article, place, related=related_to(place), noise=0))
        assert article.title in text
        at = 0
        for line in body_lines(article.paragraphs):
            found = text.find(re.sub(r"\s+", " ", line), at)
            assert found >= 0, line
            at = found + len(line) if len(line) > 20 else at


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_page_is_as_large_as_real_ones_and_repeats(template: str) -> None:
    place = outlet(template)
    pages = [render_page(article_of(place), place, related=related_to(place), noise=4) for _ in range(2)]
    assert pages[0] == pages[1]
    assert 15_000 <= len(pages[0].encode()) <= 80_000


@pytest.mark.parametrize("template", TEMPLATES)
def test_noise_leaves_the_article_alone(template: str) -> None:
    place = outlet(template)
    article = article_of(place)
    pages = [render_page(article, place, related=related_to(place), noise=noise) for noise in (0, 1, 9)]
    assert len(set(pages)) > 1
    kept = [[line in visible(page) for line in body_lines(article.paragraphs)] for page in pages]
    assert all(all(lines) for lines in kept)
    assert len({re.sub(r"\d+", "", "".join(sorted(visible(page)))) for page in pages}) == 1  # only numbers and order differ


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_page_can_do_without_related_articles(template: str) -> None:
    place = outlet(template)
    assert article_of(place).title in visible(render_page(article_of(place), place, related=(), noise=0))


def test_designs_are_not_variants_of_one() -> None:
    """Two designs share less than half of their class names."""
    names = {}
    for template in TEMPLATES:
        place = outlet(template)
        names[template] = set(re.findall(r'class="([\w-]+)', render_page(article_of(place), place, related=related_to(place), noise=0)))
    for first in TEMPLATES:
        for second in TEMPLATES:
            assert first == second or len(names[first] & names[second]) <= 0.5 * len(names[first] | names[second])


@pytest.mark.parametrize("edition", [Edition.AMP, Edition.MOBILE])
def test_editions_hold_the_article_and_point_to_the_canonical_page(edition: Edition) -> None:
    place = outlet()
    article = article_of(place)
    html = render_page(article, place, related=related_to(place), noise=0, edition=edition)
    assert f'<link rel="canonical" href="{article_url(place, article)}">' in html
    assert all(line in visible(html) for line in body_lines(article.paragraphs))


def test_the_page_names_its_editions() -> None:
    place = outlet()
    article = article_of(place)
    html = render_page(article, place, related=(), noise=0)
    assert f'<link rel="amphtml" href="{article_url(place, article, Edition.AMP)}">' in html
    plain = replace(place, metadata=replace(place.metadata, canonical=False))
    assert 'rel="canonical"' not in render_page(article, plain, related=(), noise=0)


def test_the_words_of_the_judging_set_are_others() -> None:
    usual, judging = (
        render_page(article_of(outlet(name)), outlet(name), related=(), noise=0) for name in ("broadsheet", "judging/gazette")
    )
    assert "ADVERTISEMENT" in usual and "ADVERTISEMENT" not in judging


# -- metadata --------------------------------------------------------------------------


def linked_data(html: str) -> list[str]:
    return [node.text() for node in LexborHTMLParser(html).css('script[type="application/ld+json"]')]


@pytest.mark.parametrize("slug", ["a", "b", "c", "d", "e", "f", "g", "h"])
def test_right_metadata_is_true(slug: str) -> None:
    place = outlet(slug=slug)
    article = article_of(place)
    html = render_page(article, place, related=(), noise=0)
    (document,) = linked_data(html)
    text = json.dumps(json.loads(document), ensure_ascii=False)
    assert json.dumps(article.title, ensure_ascii=False) in text
    assert '"2026-03-04T07:00:00-05:00"' in text  # the outlet's zone
    tags = {node.attributes.get("property"): node.attributes.get("content") for node in LexborHTMLParser(html).css("meta[property]")}
    assert tags["og:title"] == article.title
    assert tags["og:url"] == article_url(place, article)


def test_mistaken_metadata_is_mistaken() -> None:
    shapes = set()
    for slug in "abcdefghijklmnop":
        place = outlet(slug=slug, form=Form.WRONG)
        html = render_page(article_of(place), place, related=(), noise=0)
        (document,) = linked_data(html)
        try:
            data = json.loads(document)
        except json.JSONDecodeError:
            shapes.add("broken")
            continue
        if isinstance(data, list):
            shapes.add("no article")
        elif data["headline"].endswith(place.name):
            shapes.add("site as author")
        else:
            assert not re.search(r"[+-]\d\d:\d\d$", data["datePublished"])
            shapes.add("naive dates")
        assert place.name in LexborHTMLParser(html).css_first('meta[property="og:title"]').attributes["content"]
    assert shapes == {"broken", "no article", "site as author", "naive dates"}


def test_missing_metadata_is_missing() -> None:
    place = outlet(form=Form.MISSING)
    html = render_page(article_of(place), place, related=(), noise=0)
    assert "ld+json" not in html and "og:title" not in html and "itemprop" not in html


# -- pages that are no article -----------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BAD_KINDS)
def test_a_bad_page_holds_no_article(kind: str, language: str) -> None:
    place = outlet(language=language)
    article = write_article(seed=7, outlet=place, published_at=AT - timedelta(days=2))  # a bad page's weekday is Monday
    html = bad_page(kind, place, 7)
    assert html == bad_page(kind, place, 7)
    text = visible(html)
    shown = [block.text for block in article.paragraphs if isinstance(block, Paragraph) and block.text in text]
    assert len(shown) == (kind == "paywall")  # the teaser
    assert len(html) > 8_000


def test_an_unknown_kind_of_bad_page_is_refused() -> None:
    with pytest.raises(ValueError, match="teapot"):
        bad_page("teapot", outlet(), 1)
