"""What a new source takes of what a site offers, and how things are printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from cli.options import parse_moment
from cli.output import ago, counted, plain, printable
from cli.probing import choose_endpoints, slug_of
from pipeline.discover.site import SiteFacts
from pipeline.errors import FeedUnreadableError
from pipeline.records import EndpointKind, EndpointSpec
from pipeline.steps.probe import EndpointReport, SiteReport

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def offered(*endpoints: tuple[EndpointKind, int, str | None]) -> SiteReport:
    """A site with endpoints of these kinds, entries and problems."""
    reports = tuple(
        EndpointReport(url=f"https://x.test/{number}", kind=kind, entries=entries, problem=problem)
        for number, (kind, entries, problem) in enumerate(endpoints)
    )
    return SiteReport(homepage="https://x.test/", facts=SiteFacts(name=None, language=None), endpoints=reports)


def chosen(report: SiteReport, *, every: bool = False) -> list[str]:
    return [endpoint.url.rsplit("/", 1)[1] for endpoint in choose_endpoints(report, every=every)]


RSS, NEWS, MAP, HOME = EndpointKind.RSS, EndpointKind.NEWS_SITEMAP, EndpointKind.SITEMAP, EndpointKind.HOMEPAGE


def test_feeds_that_work_and_one_news_sitemap() -> None:
    report = offered((RSS, 9, "404"), *[(RSS, 9, None)] * 6, (NEWS, 5, None), (NEWS, 5, None), (MAP, 5, None), (HOME, 5, None))
    assert chosen(report) == ["1", "2", "3", "4", "5", "7"]
    assert chosen(report, every=True) == ["1", "2", "3", "4", "5", "6", "7", "8"]


def test_an_empty_feed_is_a_feed_but_an_empty_home_page_is_nothing() -> None:
    assert chosen(offered((RSS, 0, None), (HOME, 5, None))) == ["0"]
    assert chosen(offered((MAP, 5, None), (HOME, 5, None))) == ["0"]
    assert chosen(offered((RSS, 1, "404"), (HOME, 5, None))) == ["1"]
    with pytest.raises(FeedUnreadableError, match=r"https://x.test/ names no feed"):
        choose_endpoints(offered((RSS, 1, "404"), (HOME, 0, None)), every=False)


def test_a_slug_comes_from_the_domain() -> None:
    assert [slug_of(url) for url in ("https://www.bbc.co.uk/news", "https://xn--r8jz45g.jp/", "http://127.0.0.1:80/")] == [
        "bbc.co.uk",
        "xn--r8jz45g.jp",
        "127.0.0.1-80",
    ]


def test_moments_are_utc_unless_they_say_otherwise() -> None:
    assert parse_moment("2026-11-20") == NOW.replace(hour=0)
    assert parse_moment("2026-11-20T13:00+01:00") == NOW
    with pytest.raises(typer.BadParameter):
        parse_moment("20.11.2026")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s ago"), (119, "119 s ago"), (120, "2 min ago"), (-7200, "in 2 h"), (86_400, "24 h ago"), (3 * 86_400, "3 days ago")],
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_text_is_made_harmless() -> None:
    assert printable("a\x1b]0;title\x07b\u202ec\td\ne") == "a\ufffd]0;title\ufffdb\ufffdc\td\ne"


def test_records_become_plain_values() -> None:
    spec = EndpointSpec(kind=RSS, url="u")
    assert plain({"at": NOW, "specs": (spec,), "raw": b"\x01", 7: None}) == {
        "at": "2026-11-20T12:00:00+00:00",
        "specs": [{"kind": "rss", "url": "u"}],
        "raw": "01",
        "7": None,
    }


def test_numbers_have_their_nouns() -> None:
    assert [counted(number, "entry", "entries") for number in (0, 1, 1200)] == ["0 entries", "1 entry", "1,200 entries"]
