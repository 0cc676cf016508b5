"""Articles that may be shown for a time only: the date is recorded always, heeded where the source says so, and may be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from asking import rows
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine

from pipeline.errors import WithheldItemError
from pipeline.records import Respect
from pipeline.settings import Settings
from pipeline.steps.clock import utc_now
from pipeline.store.explain import Explainer, answer
from pipeline.store.export import START, Exporter
from pipeline.store.reading import Reader
from pipeline.store.upkeep import Upkeep

_SHOWN = "SELECT count(*) FROM v_article"


def _until(days: float) -> str:
    return f"unavailable_after: {utc_now() + timedelta(days=days):%a, %d %b %Y %H:%M:%S GMT}"


def _write(site: Site, robots: str) -> None:
    site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/1")]))
    site.documents["/news/1"] = (HTML, story_page("Pier", head=f'<meta name="robots" content="{robots}">'))


def _changes(engine: Engine) -> list[str]:
    return [change.kind for change in Exporter(engine).changes_since(START)]


async def test_an_article_is_withdrawn_when_its_time_is_over_and_kept_all_the_same(engine: Engine, settings: Settings) -> None:
    here = site_settings(settings)
    async with serving(Site()) as site:
        _write(site, _until(1))
        await drain(engine, here, replace(feeds(site, "/feed.xml"), respect=Respect.ALL))
        assert rows(engine, "SELECT unavailable_after::date = (now() + interval '1 day')::date FROM v_article") == [(True,)]
        assert Upkeep(engine).withdraw(now=utc_now()) == 0
        assert Upkeep(engine).withdraw(now=utc_now() + timedelta(days=2)) == 1
        assert Upkeep(engine).withdraw(now=utc_now() + timedelta(days=2)) == 0, "once"
        assert rows(engine, _SHOWN) == [(0,)]
        assert rows(engine, "SELECT how, title FROM v_departures") == [("withdrawn", None)]
        assert rows(engine, "SELECT status, gone_at IS NOT NULL, body <> '', capture_id IS NOT NULL FROM article") == [
            ("withdrawn", True, True, True)
        ]
        assert rows(engine, "SELECT reason FROM revision ORDER BY revision_no") == [("first",), ("withdrawn",)]
        assert _changes(engine) == ["delete", "delete"], "what was handed out before is to be deleted by its reader"
        assert rows(engine, "SELECT balanced FROM v_ledger_total") == [(True,)]
        with pytest.raises(WithheldItemError, match="its publisher has withdrawn it"):
            Reader(engine).article(f"{site.origin}/news/1")
        assert "withdrawn since" in answer(Explainer(engine).why(f"{site.origin}/news/1"))
