"""What the gate makes of pages in an article's place, built as consent managers, content networks, paywalls and servers build them, and of
articles that speak of the same things. All are dated by a feed, as most pages that are fetched.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.extract.article import extract
from pipeline.extract.charset import decode_html
from pipeline.extract.context import Context
from pipeline.extract.limits import Limits
from pipeline.records import Article, Candidate, DateClaim, Precision, Refused, Respect, Rights, SourceFacts

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
FOLDER = Path(__file__).with_name("bad_pages")
NAMES = {  # kind of page: how its refusal may begin
    "bot_check": ("blocked: bot check",),
    "cookie_wall": ("non_article: cookie wall", "paywalled: teaser"),  # consent or pay is either
    "error_page": ("non_article: error page",),
    "list_page": ("non_article: list page",),
    "login": ("non_article: login",),
    "mojibake": ("bad_page: ",),
    "paywall": ("paywalled: ",),
    "soft_404": ("non_article: soft 404",),
    "too_short": ("too_short: ",),
    "video_stub": ("non_article: video only", "too_short: "),  # a podcast is no video
}


def _read(page: dict[str, Any]) -> Article | Refused:
    """`damage`: the charset that the text was written in and the one that it was read in, one pair after the other."""
    html, damage = page["html"], page.get("damage", [])
    for written, read in zip(damage[::2], damage[1::2], strict=True):
        html = html.encode(written, "replace").decode(read, "replace")
    url, published = page["url"], DateClaim(at=NOW, precision=Precision.SECOND)
    source = SourceFacts(
        source_id=1, slug="x", homepage=f"https://{urlsplit(url).netloc}/", language=page["language"], timezone="UTC", respect=Respect.NONE
    )
    context = Context(
        url=url, source=source, facts=(Candidate(url=url, published=published),), rights=Rights(), now=NOW, limits=Limits(min_words=50)
    )
    return extract(decode_html(html.encode(), "text/html; charset=utf-8"), context)


def _pages(kind: str) -> Iterator[dict[str, Any]]:
    yield from tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))["page"]


def test_no_page_in_an_articles_place_is_loaded_and_most_are_refused_by_their_name() -> None:
    verdicts = [(kind, page["name"], _read(page)) for kind in NAMES for page in _pages(kind)]
    assert len(verdicts) >= 470 and len({page["language"] for kind in NAMES for page in _pages(kind)}) >= 44
    assert [(kind, name) for kind, name, verdict in verdicts if isinstance(verdict, Article)] == []
    said = [(kind, name, f"{verdict.outcome}: {verdict.detail}") for kind, name, verdict in verdicts if isinstance(verdict, Refused)]
    misnamed = [(kind, name, words) for kind, name, words in said if not words.startswith(NAMES[kind])]
    assert len(misnamed) <= 0.03 * len(said), misnamed


def test_articles_about_such_things_are_kept() -> None:
    assert sum(1 for _ in _pages("good")) >= 135
    assert [(page["name"], verdict) for page in _pages("good") if isinstance(verdict := _read(page), Refused)] == []
