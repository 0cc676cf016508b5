"""Fields of any length, at their limits and beyond, are stored or cut, and never an error of the database (FAULTS 15)."""

from __future__ import annotations

import random
import string

from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine, text

from pipeline.extract.evidence import MAX_VALUE_CHARS
from pipeline.settings import Settings
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
