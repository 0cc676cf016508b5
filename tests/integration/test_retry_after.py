"""Retry-After at the narrowest scope that fits, by the server's log: the URL, then the host."""

from __future__ import annotations

import pytest
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine, text

from pipeline.settings import Settings


def _fill(site: Site) -> None:
    site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/{number}") for number in range(1, 5)]))
    for number in range(1, 5):
        site.documents[f"/news/{number}"] = (HTML, story_page(f"Pier {number}"))


def _news(site: Site) -> list[int]:
    """The statuses of the pages that were asked for, in order."""
    return [status for path, status in site.requests if path.startswith("/news/")]


def _run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.mark.parametrize("busy", [[503], [503, 503], [503, 503, 503], [429]])
async def test_a_page_waits_by_itself_its_host_when_two_ask(engine: Engine, settings: Settings, busy: list[int]) -> None:
    async with serving(Site(busy={f"/news/{number}": status for number, status in enumerate(busy, 1)})) as site:
        _fill(site)
        for _ in range(2):  # in the second one nothing that was asked to wait may be asked
            _run(engine, "UPDATE host SET next_due_at = now()")
            await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
    statuses = _news(site)
    if busy == [503]:
        assert sorted(statuses) == [200, 200, 200, 503], "a page of its own trouble"
    else:  # two pages speak for the host; and a 429 is about us, whatever we ask for
        asked = [status for status in statuses if status != 200]
        assert asked == busy[:2]
        assert statuses[-1] != 200, "nothing is asked after the last of them"


async def test_a_feed_that_is_told_429_holds_the_pages_of_its_host(engine: Engine, settings: Settings) -> None:
    async with serving(Site(busy={"/news/1": 429})) as site:
        _fill(site)
        await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
        site.busy = {"/feed.xml": 429}
        site.requests.clear()
        _run(engine, "UPDATE endpoint SET next_poll_at = now()", "UPDATE host SET blocked_until = NULL, blocked_reason = NULL")
        await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
    assert site.requests == [("/feed.xml", 429)]
