"""From a feed to rows, and what bad input comes to, on a real site and a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from site_on_loopback import HTML, RSS, STORY, Site, drain, drain_with_errors, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine, text

from pipeline.archive.warc import read_capture
from pipeline.settings import Settings
from pipeline.store.database import open_engine


@pytest.fixture
def rows(database: str) -> Iterator[Any]:
    """Asks the database; carries its engine."""
    engine = open_engine(database)

    class Rows:
        def __init__(self, engine: Engine) -> None:
            self.engine = engine

        def __call__(self, statement: str) -> list[tuple[Any, ...]]:
            with engine.begin() as connection:
                result = connection.execute(text(statement))
                return [tuple(row) for row in result] if result.returns_rows else []

    yield Rows(engine)
    engine.dispose()


def _make_due(rows: Any) -> None:
    rows("UPDATE news.endpoint SET next_poll_at = now(); UPDATE news.recheck SET due_at = now(); UPDATE news.host SET next_due_at = now()")


async def test_a_feed_becomes_rows_and_the_second_time_only_304s(rows: Any, settings: Settings) -> None:
    async with serving(Site()) as site:
        for number in range(5):
            site.documents[f"/news/{number}"] = (HTML, story_page(f"Pier story number {number}"))
            site.etags[f"/news/{number}"] = f'"v{number}"'
        site.documents["/feed.xml"] = (
            RSS,
            rss([item(f"{site.origin}/news/{number}", f"Pier story number {number}") for number in range(5)]),
        )
        site.etags["/feed.xml"] = '"feed"'
        here = site_settings(settings)
        first = await drain(rows.engine, here, feeds(site, "/feed.xml"))
        assert (first.loaded, first.discovered) == (5, 5)
        site.requests.clear()
        _make_due(rows)
        second = await drain(rows.engine, here, feeds(site, "/feed.xml"))
        assert {status for path, status in site.requests if path != "/robots.txt"} == {304}
        assert (second.loaded, second.unchanged, second.discovered) == (0, 5, 0)
    assert rows("SELECT count(*), min(title) FROM news.article") == [(5, "Pier story number 0")]
    assert rows("SELECT balanced FROM news.v_ledger_total") == [(True,)]
    assert rows("SELECT count(endpoint_id) FROM news.capture") == [(0,)], "documents of endpoints are archived where a setting wants it"
    (file, offset, length) = rows("SELECT warc_file, warc_offset, warc_length FROM news.capture LIMIT 1")[0]
    assert b"Northmere" in read_capture(here.archive_root, file, offset, length).response.body


async def test_a_page_that_the_database_refuses_holds_up_no_other_and_is_asked_for_once(rows: Any, settings: Settings) -> None:
    async with serving(Site()) as site:
        for number in range(9):
            site.documents[f"/news/{number}"] = (HTML, story_page(f"Pier story number {number}"))
        site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/{number}?token=secret{number}") for number in range(9)]))
        site.documents |= {f"{path}?token=secret{path[-1]}": page for path, page in site.documents.items() if path != "/feed.xml"}
        rows("ALTER TABLE news.article ADD CONSTRAINT not_four CHECK (title NOT LIKE '%number 4%')")
        rows("ALTER TABLE news.revision ADD CONSTRAINT not_two CHECK (title NOT LIKE '%number 2%' OR revision_no < 2)")
        here = site_settings(settings)
        tally, errors = await drain_with_errors(rows.engine, here, feeds(site, "/feed.xml"))
        assert tally.loaded == 8
        assert len(errors) == 1 and "not_four" in errors[0] and "/news/4?token=***" in errors[0] and "secret" not in errors[0]
        assert [path for path, _ in site.requests if path.startswith("/news/4")] == ["/news/4?token=secret4"]
        assert rows("SELECT count(*) FROM news.article") == [(8,)]
        assert rows("SELECT count(*) FROM news.capture JOIN news.url USING (url_id) WHERE outcome IS NULL") == [(1,)], (
            "its response is kept"
        )
        waiting = "SELECT not_before > now() + interval '30 minutes', waiting_for, tries FROM news.url WHERE outcome IS NULL"
        ((waits, for_what, tries),) = rows(waiting)
        assert waits and "not_four" in for_what and tries == 0

        for number in (1, 2, 3):
            path = f"/news/{number}?token=secret{number}"
            edited = [*STORY[:3], STORY[3].replace("four", "five"), STORY[4]]
            site.documents[path] = (HTML, story_page(f"Pier story number {number}", paragraphs=edited))
        site.requests.clear()
        _make_due(rows)
        _, errors = await drain_with_errors(rows.engine, here, feeds(site, "/feed.xml"))
        assert len(errors) == 1 and "not_two" in errors[0] and "/news/2?token=***" in errors[0]
        assert [path for path, _ in site.requests if path.startswith("/news/2")] == ["/news/2?token=secret2"]
        assert rows("SELECT right(title, 1) FROM news.article WHERE revision_no = 2 ORDER BY title") == [("1",), ("3",)]

        rows("ALTER TABLE news.article DROP CONSTRAINT not_four; ALTER TABLE news.revision DROP CONSTRAINT not_two")
        rows("UPDATE news.url SET not_before = now() WHERE outcome IS NULL")
        _make_due(rows)
        await drain(rows.engine, here, feeds(site, "/feed.xml"))
    assert rows("SELECT count(*), max(revision_no) FROM news.article WHERE title LIKE '%2' OR title LIKE '%4'") == [(2, 2)]
    assert rows("SELECT balanced FROM news.v_ledger_total") == [(True,)]


async def test_a_rechecked_article_that_the_database_refuses_holds_up_no_other(rows: Any, settings: Settings) -> None:
    """What another extractor read is read again by this one before a recheck is judged: that row may be refused as well."""
    edited = [*STORY[:3], STORY[3].replace("four", "five"), STORY[4]]
    async with serving(Site()) as site:
        for number in range(6):
            site.documents[f"/news/{number}"] = (HTML, story_page(f"Pier story number {number}"))
        site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/{number}") for number in range(6)]))
        here = site_settings(settings)
        await drain(rows.engine, here, feeds(site, "/feed.xml"))
        rows("UPDATE news.article SET extractor = 'an old one', body = body || ' More.' WHERE title LIKE '%number 4'")
        rows("ALTER TABLE news.article ADD CONSTRAINT not_four CHECK (title NOT LIKE '%number 4%') NOT VALID")
        site.documents |= {f"/news/{n}": (HTML, story_page(f"Pier story number {n}", paragraphs=edited)) for n in range(6)}
        site.requests.clear()
        _make_due(rows)
        tally, errors = await drain_with_errors(rows.engine, here, feeds(site, "/feed.xml"))
    assert (tally.revised, len(errors)) == (5, 1) and "not_four" in errors[0] and "/news/4" in errors[0]
    assert sorted(path for path, _ in site.requests if path.startswith("/news/")) == [f"/news/{number}" for number in range(6)]


async def test_an_edited_page_becomes_a_revision_and_a_deleted_one_is_gone(rows: Any, settings: Settings) -> None:
    async with serving(Site()) as site:
        here = site_settings(settings)
        for name in ("kept", "gone"):
            site.documents[f"/news/{name}"] = (HTML, story_page(f"Pier story {name}"))
        site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/{name}") for name in ("kept", "gone")]))
        await drain(rows.engine, here, feeds(site, "/feed.xml"))
        site.documents["/news/kept"] = (
            HTML,
            story_page("Pier story kept", paragraphs=[*STORY[:3], STORY[3].replace("four", "five"), STORY[4]]),
        )
        del site.documents["/news/gone"]
        _make_due(rows)
        tally = await drain(rows.engine, here, feeds(site, "/feed.xml"))
        assert tally.revised == 1
    assert rows("SELECT status, revision_no FROM news.article ORDER BY canonical_url") == [("gone", 2), ("live", 2)]
    assert rows("SELECT count(*) FROM news.revision WHERE body LIKE '%five million%'") == [(1,)]
    assert rows("SELECT DISTINCT outcome FROM news.url") == [("loaded",)]


async def test_bad_endpoints_each_say_what_is_wrong(rows: Any, settings: Settings) -> None:
    async with serving(Site()) as site:
        site.documents = {
            "/picture": ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(500)),
            "/empty": (RSS, rss([])),
            "/html": (HTML, story_page("A page in place of a feed")),
            "/nothing": (RSS, b""),
            "/huge": (RSS, rss([item(f"http://x.test/{number}", "x" * 1000) for number in range(50_000)])),
        }
        assert len(site.documents["/huge"][1]) > 50_000_000
        await drain(rows.engine, site_settings(settings), feeds(site, *site.documents, "/missing"))
        found = {
            url.removeprefix(site.origin): (status, failures > 0)
            for url, status, failures in rows("SELECT url, last_status, failures FROM news.endpoint")
        }
    assert {path for path, (_, failed) in found.items() if not failed} == {"/empty"}
    for path, words in {"/html": "HTML", "/huge": "10000000", "/missing": "404", "/empty": "0 entries"}.items():
        assert words in found[path][0], found[path]
    assert all(status for status, _ in found.values())


async def test_bad_entries_and_pages_lose_none_of_their_neighbours(rows: Any, settings: Settings) -> None:
    async with serving(Site()) as site:
        origin = site.origin
        pages = {
            "/news/good": story_page("Good neighbour"),
            "/news/nul": story_page("A title with \0 NUL"),
            "/news/surrogate": story_page("A title with &#xD800; half a pair"),
            "/news/long": story_page("word " * 200_000),
            "/news/future": story_page(
                "From the year 2099", head='<meta property="article:published_time" content="2099-01-01T00:00:00Z">'
            ),
            "/news/past": story_page("From the year 1970", head='<meta property="article:published_time" content="1970-01-01T00:00:00Z">'),
            "/news/binary": bytes(range(256)) * 40,
            "/news/nothing": b"",
        }
        site.documents = {path: (HTML, body) for path, body in pages.items()}
        entries = [
            *(item(origin + path) for path in pages),
            item(f"{origin}/{'x' * 10_000}", "too long a URL"),
            item("http://169.254.169.254/latest/meta-data/"),
            item("ftp://x.test/file"),
            item(f"{origin}/news/good", "t" * 1_000_000, "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"),
        ]
        site.documents["/feed.xml"] = (RSS, rss(entries).replace(b"neighbour", b"neigh\x00bour"))
        await drain(rows.engine, site_settings(settings), feeds(site, "/feed.xml"))
        outcomes = {url.removeprefix(origin): outcome for url, outcome in rows("SELECT url, outcome FROM news.url")}
        titles = dict(rows("SELECT replace(canonical_url, '" + origin + "', ''), title FROM news.article"))
    assert {path for path, outcome in outcomes.items() if outcome == "loaded"} == set(pages) - {"/news/binary", "/news/nothing"}
    assert outcomes["http://169.254.169.254/latest/meta-data/"] == "unsafe_url"
    assert outcomes["/news/nothing"] == "too_short" and outcomes["/news/binary"] == "bad_page"
    assert len(outcomes) == len(pages) + 1
    assert "\0" not in titles["/news/nul"] and len(titles["/news/long"]) <= 2000
    assert rows("SELECT count(*) FROM news.article WHERE published_at < '1990-01-01' OR published_at > now() + interval '2 days'") == [(0,)]
    assert rows("SELECT max(length(title)) <= 2000 FROM news.sighting") == [(True,)]
    assert rows("SELECT balanced FROM news.v_ledger_total") == [(True,)]


@pytest.mark.parametrize(("broken", "loaded"), [(1, 1), (2, 0)])
async def test_a_page_is_asked_for_once_more_where_the_kept_connection_was_closed(
    broken: int, loaded: int, rows: Any, settings: Settings
) -> None:
    """Only there: a new connection that breaks is the server's answer, and the page waits."""
    settings, site = site_settings(settings).model_copy(update={"drain_patience_seconds": 0.0}), Site()
    async with serving(site):
        site.documents |= {"/1": (HTML, story_page("One")), "/rss.xml": (RSS, rss([item(f"{site.origin}/1", "One")]))}
        site.breaks["/1"] = broken
        await drain(rows.engine, settings, feeds(site, "/rss.xml"))
    assert [asked for asked in site.requests if asked[0] == "/1"] == [("/1", 0), ("/1", 0 if broken == 2 else 200)]
    assert rows("SELECT count(*) FROM article") == [(loaded,)]
    assert rows("SELECT tries FROM url") == [(1 - loaded,)]


@pytest.mark.parametrize(("broken", "loaded"), [(1, 1), (2, 0)])
async def test_one_connection_that_breaks_over_robots_txt_holds_no_host(broken: int, loaded: int, rows: Any, settings: Settings) -> None:
    settings, site = site_settings(settings), Site()
    async with serving(site):
        site.documents |= {"/1": (HTML, story_page("One")), "/rss.xml": (RSS, rss([item(f"{site.origin}/1", "One")]))}
        site.breaks["/robots.txt"] = broken
        await drain(rows.engine, settings, feeds(site, "/rss.xml"))
    assert site.requests[:2] == [("/robots.txt", 0), ("/robots.txt", 0 if broken == 2 else 404)]
    assert rows("SELECT count(*) FROM article") == [(loaded,)]
    assert rows("SELECT count(*) FROM host WHERE blocked_until > now() + interval '25 minutes'") == [(1 - loaded,)]
