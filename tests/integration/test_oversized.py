"""Fields of any length, at their limits and beyond, and of any characters are stored or cut, and never an error of the database."""

from __future__ import annotations

import json
import random
import string

import pytest
from asking import rows
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from pipeline.extract.evidence import MAX_VALUE_CHARS
from pipeline.settings import Settings
from pipeline.text import clean_text
from pipeline.urls import MAX_URL_CHARS

_TITLE_CHARS = 2000  # article.title
LENGTHS = [limit + more for limit in (MAX_VALUE_CHARS, _TITLE_CHARS, MAX_URL_CHARS) for more in (-1, 0, 1)]


def _noise(seed: int, length: int) -> str:
    """Characters that no index and no tsvector can pack: every word is another."""
    letters = random.Random(seed).choices(string.ascii_letters + "éß漢ж ", k=length)
    return "".join(letters)


def _page(length: int) -> bytes:
    """A page whose every fact is so long."""
    one = _noise(length, length)
    metas = "".join(
        f'<meta {key}="{name}" content="{one}">'
        for key, names in {
            "property": ["og:title", "og:description", "og:image", "og:url", "og:site_name", "og:locale", "article:section", "article:tag",
                         "article:published_time", "article:modified_time"],
            "name": ["author", "keywords", "news_keywords", "robots", "tdm-policy", "twitter:title", "date"],
        }.items()
        for name in names
    )  # fmt: skip
    link = f'<link rel="canonical" href="/{one.replace(" ", "")}"><link rel="amphtml" href="/{one.replace(" ", "")}">'
    facts = f'"headline":"{one}","author":[{{"name":"{one}"}}],"keywords":"{one}","inLanguage":"{one}"'
    ld = f'<script type="application/ld+json">{{"@type":"NewsArticle",{facts}}}</script>'
    return story_page(one, head=metas + link + ld)


async def test_fields_at_their_limits_and_beyond_are_stored_or_cut(engine: Engine, settings: Settings) -> None:
    """FAULTS 15."""
    async with serving(Site()) as site:
        pages = {f"/news/{length}": _page(length) for length in LENGTHS}
        pages["/news/words"] = story_page("Words", paragraphs=[_noise(seed, 4000) + "." for seed in range(40)])
        pages["/" + "a" * (MAX_URL_CHARS - len(site.origin) - 1)] = story_page("As long as a URL may be")
        pages["/" + "b" * (MAX_URL_CHARS - len(site.origin))] = story_page("Longer than a URL may be")
        site.documents = {path: (HTML, body) for path, body in pages.items()}
        entries = [
            item(site.origin + path, _noise(1, 9000), f"<guid>{_noise(2, 9000)}</guid><category>{_noise(3, 9000)}</category>")
            for path in pages
        ]
        site.documents["/feed.xml"] = (RSS, rss(entries))
        await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
    with engine.begin() as connection:
        urls = connection.execute(text("SELECT outcome, count(*) FROM url GROUP BY 1")).all()
        longest = connection.execute(
            text("SELECT max(length(title)), max(length(canonical_url)), bool_and(tsv IS NOT NULL) FROM article")
        ).one()
    assert [tuple(row) for row in urls] == [("loaded", len(pages) - 1)], "all but the URL that is too long to be one"
    assert longest[0] <= _TITLE_CHARS and longest[1] <= MAX_URL_CHARS and longest[2]


_TROUBLE = [*"\0\ud800\udfff\ufffe\uffff\U0010ffff\ufeff\x1b\x85\u2028\\\"'", "\ud83d\ude00", "\\u0000", "{}", "%s", ":a"]


def _any_strings(count: int) -> list[str]:
    """Strings with at least one trouble in each, among characters of the whole of Unicode."""
    chance = random.Random(14)
    return [
        "".join([*map(chr, chance.choices(range(0x110000), k=chance.randint(0, 20))), *chance.choices(_TROUBLE, k=chance.randint(1, 4))])
        for _ in range(count)
    ]


def _through_postgres(engine: Engine, texts: list[str]) -> list[tuple[str, str]]:
    """The strings as Postgres has them, as text and inside of a document: one round trip."""
    statement = (
        "SELECT a, b FROM ROWS FROM (unnest(CAST(:texts AS text[])), jsonb_array_elements_text(CAST(:document AS jsonb))) AS _ (a, b)"
    )
    return [(row.a, row.b) for row in rows(engine, statement, texts=texts, document=json.dumps(texts))]


def test_ten_thousand_strings_come_back_as_they_were_cleaned(engine: Engine) -> None:
    """FAULTS 14: whatever the characters, the database takes what the one choke point lets through, and changes nothing in it."""
    clean = [clean_text(raw) for raw in _any_strings(10_000)]
    assert [clean_text(once) for once in clean] == clean
    assert _through_postgres(engine, clean) == [(once, once) for once in clean]


@pytest.mark.parametrize("raw", ["a\0", "a\ud800"])
def test_control_uncleaned_strings_are_errors_of_the_database(engine: Engine, raw: str) -> None:
    with pytest.raises((DBAPIError, UnicodeEncodeError)):
        _through_postgres(engine, [raw])
