"""Refused URLs that are taken up again: read out of the archive where they lie there, fetched where they do not."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from asking import rows
from cli_calls import Caller, url_of
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine

from pipeline.settings import Settings

_PAGES = ("pier", "bridge", "missing")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A site of which two pages were read and found too short, as the gate was too strict then, and one was not there."""

    site: Site
    engine: Engine
    settings: Settings
    caller: Caller

    def rows(self, statement: str) -> list[Any]:
        return rows(self.engine, statement)

    def ended(self) -> dict[str, str]:
        return {row.url.rpartition("/")[2]: row.outcome for row in self.rows("SELECT url, outcome FROM url")}

    def retry(self, *arguments: str) -> Any:
        return self.caller.json("retry", *arguments)

    async def drain(self) -> None:
        """Work what is due, with the gate of today; `requests` are those since."""
        self.site.requests.clear()
        await drain(self.engine, self.settings, feeds(self.site, "/feed.xml"))

    @property
    def asked(self) -> set[str]:
        return {path for path, _ in self.site.requests if path.startswith("/news/")}


@pytest_asyncio.fixture
async def refused(engine: Engine, settings: Settings) -> AsyncIterator[Refused]:
    here = site_settings(settings)
    async with serving(Site()) as site:
        site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/{name}", f"The {name}") for name in _PAGES]))
        for name in ("pier", "bridge"):
            site.documents[f"/news/{name}"] = (HTML, story_page(f"The {name} of Northmere"))
        strict = here.model_copy(update={"min_words": 5_000})
        await drain(engine, strict, feeds(site, "/feed.xml"))
        yield Refused(site=site, engine=engine, settings=here, caller=Caller(url_of(engine), Path(settings.data_folder)))


async def test_a_page_in_the_archive_becomes_an_article_without_a_request(refused: Refused) -> None:
    assert refused.ended() == {"pier": "too_short", "bridge": "too_short", "missing": "http_gone"}
    told = refused.retry("--outcome", "too_short")
    assert told == {
        "dry_run": False,
        "urls": 2,
        "taken": [{"source": "beacon", "outcome": "too_short", "page": "archived", "urls": 2}],
    }
    assert refused.rows("SELECT discovered, open, ended, balanced FROM v_ledger") == [(3, 2, 1, True)]
    await refused.drain()
    assert refused.ended() == {"pier": "loaded", "bridge": "loaded", "missing": "http_gone"}
    assert refused.asked == set()
    assert refused.rows("SELECT count(*) FROM capture") == [(2,)], "what lies in the archive is not archived again"
    assert refused.rows("SELECT count(*) FROM article JOIN capture USING (capture_id, url_id)") == [(2,)]
    assert refused.rows("SELECT bool_and(balanced) FROM v_ledger") == [(True,)]
    assert refused.rows("SELECT outcome, count(*) FROM attempt WHERE outcome <> 'http_gone' GROUP BY 1 ORDER BY 1") == [
        ("loaded", 2),
        ("too_short", 2),
    ]
    assert refused.rows("SELECT count(*) FROM url WHERE reread_id IS NOT NULL") == [(0,)]
    again = await asyncio.to_thread(refused.caller.json, "reextract", "--current-too")
    assert again["total"] == {"unchanged": 2}, "it reads as any other page of the archive"


async def test_a_page_that_the_archive_does_not_have_any_more_is_fetched(refused: Refused) -> None:
    refused.retry("--outcome", "too_short")
    refused.rows("DELETE FROM capture USING url WHERE url.url_id = capture.url_id AND url.url LIKE '%/pier'")  # past its retention
    shutil.rmtree(Path(refused.settings.archive_root))
    await refused.drain()
    assert refused.asked == {"/news/pier", "/news/bridge"}
    assert refused.ended() == {"pier": "loaded", "bridge": "loaded", "missing": "http_gone"}
    assert refused.rows("SELECT count(*) FROM article JOIN capture c USING (capture_id) WHERE c.warc_offset > 0") == [(2,)]


async def test_one_url_by_its_address_and_one_to_be_fetched_anew(refused: Refused) -> None:
    url = f"{refused.site.origin}/news/missing"
    assert refused.retry(f"{url}?utm_source=x#top")["urls"] == 1
    assert "It is due and waits for a worker" in refused.caller.works("why", url)
    [taken] = refused.retry(f"{refused.site.origin}/news/pier", "--fetch")["taken"]
    assert taken["page"] == "to fetch"
    await refused.drain()
    assert refused.asked == {"/news/missing", "/news/pier"}
    assert refused.ended() == {"pier": "loaded", "bridge": "too_short", "missing": "http_gone"}
    assert refused.rows("SELECT count(*) FROM attempt WHERE outcome = 'http_gone'") == [(2,)], "refused again, and both are on record"


async def test_nothing_else_is_taken_up(refused: Refused) -> None:
    refused.rows("INSERT INTO source (slug, name, homepage) VALUES ('herald', 'Herald', 'https://herald.test/')")
    for nothing in (
        ("--outcome", "blocked"),
        ("--outcome", "too_short", "--source", "herald"),
        ("--outcome", "too_short", "--since", "2036-01-01"),
        ("--outcome", "too_short", "--until", "2020-01-01"),
    ):
        assert refused.retry(*nothing)["urls"] == 0
    assert refused.retry("--outcome", "too_short", "--source", "beacon", "--since", "2020-01-01", "--dry-run")["urls"] == 2
    assert refused.caller.call("retry").exit_code == 2
    assert "loaded is no refusal" in refused.caller.call("retry", "--outcome", "loaded").stderr
    assert "source nobody" in refused.caller.sentence("retry", "--outcome", "too_short", "--source", "nobody")
    unknown = f"{refused.site.origin}/news/unknown"
    assert f"{unknown}: It was never on any list" in refused.caller.sentence("retry", unknown)
    assert refused.rows("SELECT count(*) FROM url WHERE outcome IS NULL") == [(0,)]
