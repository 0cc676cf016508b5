"""A worker whose clock is a day off: the database's clock alone says what is due, held, asked to wait and how old."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from typing import Self

import pytest
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine, text

from pipeline.records import Tally
from pipeline.settings import Settings

_MOMENTS = """
    SELECT 'next poll', (SELECT extract(epoch FROM next_poll_at - now()) FROM news.endpoint) UNION ALL
    SELECT 'busy page', (SELECT extract(epoch FROM not_before - now()) FROM news.url WHERE url LIKE '%/busy') UNION ALL
    SELECT 'robots.txt', (SELECT extract(epoch FROM expires_at - now()) FROM news.robots) UNION ALL
    SELECT 'requests', (SELECT max(abs(extract(epoch FROM at - now()))) FROM news.fetch_log) UNION ALL
    SELECT 'captures', (SELECT extract(epoch FROM max(now() - captured_at)) FROM news.capture) UNION ALL
    SELECT 'recheck', (SELECT extract(epoch FROM min(due_at - now())) FROM news.recheck)
"""


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


def shift_clock(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """Every module of ours reads a clock that is so many hours ahead of the machine's."""

    class Shifted(datetime, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(hours=hours)

    ours = [module for name, module in sys.modules.items() if name.startswith(("pipeline.", "flows.", "cli."))]
    for module in ours:
        if getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Shifted)


@pytest.mark.parametrize("hours", [-24, 24])
async def test_a_worker_whose_clock_is_a_day_off_works_like_any_other(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    shift_clock(monkeypatch, hours)
    hour_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    async with serving(Site()) as site:
        dated = item(f"{site.origin}/dated", "Dated", f"<pubDate>{format_datetime(hour_ago)}</pubDate>")
        site.documents["/feed"] = (RSS, rss([dated, item(f"{site.origin}/undated"), item(f"{site.origin}/busy")]))
        site.documents |= {path: (HTML, story_page(path)) for path in ("/dated", "/undated")}
        site.busy["/busy"] = 503
        work = site_settings(settings)
        assert await drain(engine, work, feeds(site, "/feed")) == Tally(polled=1, discovered=3, fetched=3, loaded=2, postponed=1)
        asked = len(site.requests)
        await drain(engine, work, feeds(site, "/feed"))
        assert len(site.requests) == asked  # nothing is due
    with engine.connect() as connection:
        seconds = {name: float(value) for name, value in connection.execute(text(_MOMENTS))}
        published = dict(tuple(row) for row in connection.execute(text("SELECT right(url, 6), published_at FROM news.v_article")))
    assert 600 <= seconds["next poll"] <= work.poll_ceiling_seconds * 1.1
    assert 3300 <= seconds["busy page"] <= 3600  # Retry-After: 3600
    assert 86_000 <= seconds["robots.txt"] <= 86_400
    assert seconds["recheck"] > 0
    assert seconds["requests"] < 300 and 0 <= seconds["captures"] < 300
    assert published == {"/dated": hour_ago, "ndated": None}
