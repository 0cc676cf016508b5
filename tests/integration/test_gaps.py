"""Gaps: what a feed lost while nobody looked is recorded, and found again where the outlet lists it too.

A feed of 20 entries, six hours without a look, 75 articles: a plain poller sees 20 of them, 27 %.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from site_on_loopback import HTML, RSS, Site, item, rss, serving, site_settings
from sqlalchemy import Engine, text

from pipeline.records import EndpointKind, EndpointSpec, Run, SourceSpec
from pipeline.settings import Settings
from pipeline.steps.shift import Shift
from pipeline.steps.workplace import open_workplace
from pipeline.store.sources import Sources

WINDOW, MISSED, AWAY = 20, 75, timedelta(hours=6)
FEED, NEWS_MAP, SITE_MAP, JSON_FEED, FRONT = "/feed", "/news.xml", "/sitemap.xml", "/feed.json", "/"
XML = "application/xml"

Entry = tuple[str, datetime]  # path, moment of publication
Publish = Callable[[Site, Sequence[Entry]], None]  # newest first


def feed_page(site: Site, entries: Sequence[Entry], older: str = "") -> bytes:
    items = [item(site.origin + path, path, f"<pubDate>{format_datetime(at)}</pubDate>") for path, at in entries]
    return rss(items).replace(b"<channel>", b"<channel>" + older.encode())


def feed(site: Site, entries: Sequence[Entry]) -> None:
    site.documents[FEED] = (RSS, feed_page(site, entries[:WINDOW]))


def paged(relation: str) -> Publish:
    def publish(site: Site, entries: Sequence[Entry]) -> None:
        for page, start in enumerate(range(0, len(entries), WINDOW)):
            link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="{relation}" href="/feed?page={page + 1}"/>'
            path = FEED if page == 0 else f"/feed?page={page}"
            site.documents[path] = (RSS, feed_page(site, entries[start : start + WINDOW], link))

    return publish


def json_pages(site: Site, entries: Sequence[Entry]) -> None:
    for page, start in enumerate(range(0, len(entries), WINDOW)):
        items = [{"id": path, "url": site.origin + path, "date_published": at.isoformat()} for path, at in entries[start : start + WINDOW]]
        document = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items, "next_url": f"{JSON_FEED}?page={page + 1}"}
        site.documents[JSON_FEED if page == 0 else f"{JSON_FEED}?page={page}"] = ("application/feed+json", json.dumps(document).encode())


def news_map(site: Site, entries: Sequence[Entry]) -> None:
    urls = "".join(
        f"<url><loc>{site.origin}{path}</loc><n:news><n:publication_date>{at.isoformat()}</n:publication_date><n:title>t</n:title></n:news></url>"
        for path, at in entries
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    site.documents[NEWS_MAP] = (XML, f"<urlset {space}>{urls}</urlset>".encode())


def site_map(site: Site, entries: Sequence[Entry]) -> None:
    urls = "".join(f"<url><loc>{site.origin}{path}</loc><lastmod>{at.isoformat()}</lastmod></url>" for path, at in entries)
    site.documents[SITE_MAP] = (XML, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode())


def front_page(site: Site, entries: Sequence[Entry]) -> None:
    links = "".join(f"<h2><a href='{path}'>The council of Northmere votes on pier {path}</a></h2>" for path, _ in entries)
    site.documents[FRONT] = (HTML, f"<html><body>{links}</body></html>".encode())


KINDS = {
    feed: (EndpointKind.RSS, FEED),
    json_pages: (EndpointKind.JSONFEED, JSON_FEED),
    news_map: (EndpointKind.NEWS_SITEMAP, NEWS_MAP),
    site_map: (EndpointKind.SITEMAP, SITE_MAP),
    front_page: (EndpointKind.HOMEPAGE, FRONT),
}


AWAY_SQL = """
    UPDATE news.endpoint SET rate_at = rate_at - :away, last_ok_at = last_ok_at - :away, last_polled_at = last_polled_at - :away,
      fresh_until = now() + :fresh, next_poll_at = CASE WHEN kind IN ('rss', 'jsonfeed') THEN now() ELSE now() + :away END
"""


async def lose_and_look(
    engine: Engine, settings: Settings, site: Site, lists: Sequence[Publish], *, fresh: timedelta = timedelta(0)
) -> None:
    """Look at all lists, be away for six hours in which 75 articles are published, and look at the feed again."""
    now = datetime.now(UTC).replace(microsecond=0)
    before: list[Entry] = [(f"/2026/old-story-of-the-pier-{n}", now - AWAY - n * timedelta(minutes=20)) for n in range(1, WINDOW + 1)]
    during: list[Entry] = [(f"/2026/new-story-of-the-pier-{n}", now - n * AWAY / (MISSED + 1)) for n in range(1, MISSED + 1)]
    site.documents["/robots.txt"] = (
        "text/plain",
        b"User-agent: *\nDisallow: /2026/",
    )  # what is found counts: the pages need not be fetched
    for publish in lists:
        publish(site, before)
    specs = dict.fromkeys(KINDS.get(publish, (EndpointKind.RSS, FEED)) for publish in lists)
    endpoints = tuple(EndpointSpec(kind=kind, url=site.origin + path) for kind, path in specs)
    outlet = SourceSpec(slug="beacon", name="Beacon", homepage=f"{site.origin}/", language="en", endpoints=endpoints)
    Sources(engine).sync([outlet])
    async with working(engine, settings) as work:
        await work()
        for publish in lists:
            publish(site, [*during, *before])
        six_hours_go_by(engine, fresh)
        await work()


@asynccontextmanager
async def working(engine: Engine, settings: Settings) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """One workplace for several drains: its child processes take longer to start than the tests to run."""
    run = Run(run_id=uuid.uuid4(), flow="test", code_version="test")
    async with open_workplace(settings, engine, run.run_id) as workplace:
        workplace.runs.start(run)

        async def work() -> None:
            shift = Shift(workplace, ends_at=None)
            await shift.work_lane()
            assert shift.errors == []

        yield work


def six_hours_go_by(engine: Engine, fresh: timedelta) -> None:
    """Every look was that much earlier, and only the feed is due now."""
    with engine.begin() as connection:
        connection.execute(text(AWAY_SQL), {"away": AWAY, "fresh": fresh})
        connection.execute(text("UPDATE news.host SET next_due_at = now()"))


def found(engine: Engine) -> float:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM news.url WHERE url LIKE '%/new-story%'")).scalar_one() / MISSED


def gaps(engine: Engine) -> list[tuple[str | None, int, bool]]:
    with engine.connect() as connection:
        statement = "SELECT healed_by, recovered, estimated_loss BETWEEN 1 AND 75 FROM news.v_gap ORDER BY from_at"
        return [tuple(row) for row in connection.execute(text(statement))]


async def test_without_another_list_the_gap_stays_open(engine: Engine, settings: Settings) -> None:
    async with serving(Site()) as site:
        await lose_and_look(engine, site_settings(settings), site, [feed])
    assert found(engine) == pytest.approx(WINDOW / MISSED)  # the plain poller's 27 %
    assert gaps(engine) == [(None, 0, True)]
    with engine.connect() as connection:
        statement = "SELECT sum(gaps), sum(open_gaps) FROM news.v_completeness WHERE source = 'beacon'"
        assert tuple(connection.execute(text(statement)).one()) == (1, 1)


@pytest.mark.parametrize(
    ("lists", "healed_by"),
    [
        ([feed, news_map], "news_sitemap"),
        ([feed, site_map], "sitemap"),
        ([feed, front_page], "homepage"),
        ([feed, site_map, news_map, front_page], "news_sitemap"),
        ([paged("prev-archive")], "paged_feed"),
        ([json_pages], "paged_feed"),
    ],
)
async def test_what_was_lost_is_found_again(engine: Engine, settings: Settings, lists: list[Publish], healed_by: str) -> None:
    async with serving(Site()) as site:
        await lose_and_look(engine, site_settings(settings), site, lists)
    assert found(engine) >= 0.99
    assert gaps(engine) == [(healed_by, MISSED - WINDOW, True)]


async def test_a_list_is_not_asked_before_its_publisher_allows(engine: Engine, settings: Settings) -> None:
    async with serving(Site()) as site:
        await lose_and_look(engine, site_settings(settings), site, [feed, news_map], fresh=timedelta(hours=1))
        assert sum(path == NEWS_MAP for path, _ in site.requests) == 1  # before the gap
    with engine.connect() as connection:
        statement = "SELECT next_poll_at = fresh_until FROM news.endpoint WHERE kind = 'news_sitemap'"
        assert connection.execute(text(statement)).scalar_one()
    assert gaps(engine) == [(None, 0, True)]


async def test_an_archived_document_is_read_once(engine: Engine, settings: Settings) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    stories: list[list[Entry]] = [[(f"/2026/new-story-{part}-{n}", now - timedelta(minutes=n)) for n in range(3)] for part in range(5)]
    async with serving(Site()) as site:
        site.documents["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /2026/")

        def publish(current: int, *archived: int) -> None:
            """A feed of three entries, with a chain of archived documents of three behind it."""
            for path, part, older in zip([FEED, *(f"/old-{n}" for n in archived)], [current, *archived], [*archived, None], strict=True):
                link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="prev-archive" href="/old-{older}"/>' if older is not None else ""
                site.documents[path] = (RSS, feed_page(site, stories[part], link))

        endpoints = (EndpointSpec(kind=EndpointKind.RSS, url=site.origin + FEED),)
        outlet = SourceSpec(slug="beacon", name="Beacon", homepage=f"{site.origin}/", language="en", endpoints=endpoints)
        Sources(engine).sync([outlet])
        async with working(engine, site_settings(settings)) as work:
            for current, *archived in ((0,), (2, 1, 0), (4, 3, 1)):
                publish(current, *archived)
                six_hours_go_by(engine, timedelta(0))
                await work()
    asked = [path for path, _ in site.requests if path.startswith("/old")]
    assert asked == ["/old-1", "/old-0", "/old-3"]
    assert gaps(engine) == [("paged_feed", 3, True), ("paged_feed", 3, True)]
