"""What sites reserve in their own files: asked for politely, once a day, recorded with each article, heeded where a source says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import rows
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine

from pipeline.records import Respect
from pipeline.settings import Settings

TDMREP, AI_TXT = "/.well-known/tdmrep.json", "/ai.txt"
ROBOTS = b"User-agent: *\nDisallow: /private/\n\nUser-agent: GPTBot\nUser-agent: PerplexityBot\nDisallow: /\n"


def _fill(site: Site, **more: bytes) -> None:
    site.documents = {"/robots.txt": ("text/plain", ROBOTS), "/feed.xml": (RSS, rss([item(f"{site.origin}/news/{n}") for n in (1, 2)]))}
    for number, title in ((1, "Pier"), (2, "Ferry")):
        site.documents[f"/news/{number}"] = (HTML, story_page(title))
    site.documents |= {f"/{name}": ("text/plain", body) for name, body in more.items()}


def _with_files(settings: Settings) -> Settings:
    return site_settings(settings).model_copy(update={"rights_files": True})


async def test_they_are_asked_for_once_a_day_and_recorded_with_each_article(engine: Engine, settings: Settings) -> None:
    here = _with_files(settings)
    async with serving(Site()) as site:
        _fill(site)
        site.documents[TDMREP] = (
            "application/json",
            b'[{"location": "/news/1", "tdm-reservation": 1, "tdm-policy": "https://p.test/"}, {"location": "/", "tdm-reservation": 0}]',
        )
        await drain(engine, here, feeds(site, "/feed.xml"))
        site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/3")]))
        site.documents["/news/3"] = (HTML, story_page("Quay"))
        for _ in range(2):  # a day that is not over, then one that is
            rows(engine, "UPDATE endpoint SET next_poll_at = now()")
            rows(engine, "UPDATE host SET next_due_at = now()")
            await drain(engine, here, feeds(site, "/feed.xml"))
            rows(engine, "UPDATE rights_file SET expires_at = now()")
            site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/4")]))
            site.documents["/news/4"] = (HTML, story_page("Dock"))
    assert [path for path, _ in site.requests if path in (TDMREP, AI_TXT)] == [TDMREP, AI_TXT] * 2
    assert site.requests.index((TDMREP, 200)) < site.requests.index(("/news/1", 200)), "the report asks for it before any page"
    asked = rows(engine, "SELECT url LIKE '%tdmrep.json', status FROM fetch_log WHERE purpose = 'rights' ORDER BY fetch_id")
    assert asked == [(True, 200), (False, 404)] * 2
    recorded = rows(
        engine,
        "SELECT right(canonical_url, 1), rights->'tdm_reservation', rights->>'tdm_policy', rights->'ai_txt', rights->'ai_robots',"
        " rights->'origins' FROM article ORDER BY 1",
    )
    robots, origins = ["PerplexityBot", "GPTBot"], ["tdmrep.json", "robots.txt"]
    assert recorded[0] == ("1", True, "https://p.test/", None, robots, origins)
    assert recorded[1:] == [(number, False, None, None, robots, origins) for number in "234"]
    assert rows(engine, "SELECT max(expires_at - fetched_at) <= interval '24 hours' FROM rights_file") == [(True,)]


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({TDMREP: b'[{"location": "/", "tdm-reservation": 1}]', "/robots.txt": b""}, "tdm-reservation: 1"),
        ({AI_TXT: b"User-Agent: *\nDisallow: /", "/robots.txt": b""}, "ai.txt keeps AI from its pages"),
        ({}, "robots.txt keeps GPTBot from it"),
    ],
)
async def test_a_source_that_respects_them_loads_nothing_that_is_reserved(
    engine: Engine, settings: Settings, files: dict[str, bytes], detail: str
) -> None:
    async with serving(Site()) as site:
        _fill(site)
        site.documents |= {path: ("text/plain", body) for path, body in files.items()}
        await drain(engine, _with_files(settings), replace(feeds(site, "/feed.xml"), respect=Respect.TDM))
    assert rows(engine, "SELECT outcome, outcome_detail, count(*) FROM url GROUP BY 1, 2") == [("rights", detail, 2)]
    assert rows(engine, "SELECT count(*) FROM capture") == [(0,)]


async def test_they_can_be_switched_off_and_robots_txt_is_asked_first(engine: Engine, settings: Settings) -> None:
    async with serving(Site()) as site:
        _fill(site)
        await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
        assert {path for path, _ in site.requests} == {"/robots.txt", "/feed.xml", "/news/1", "/news/2"}
        site.documents["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /ai.txt\nDisallow: /.well-known/")
        site.documents["/feed.xml"] = (RSS, rss([item(f"{site.origin}/news/2?new")]))
        site.documents["/news/2?new"] = (HTML, story_page("Quay"))
        rows(engine, "UPDATE robots SET expires_at = now()")
        rows(engine, "UPDATE endpoint SET next_poll_at = now()")
        rows(engine, "UPDATE host SET next_due_at = now()")
        await drain(engine, _with_files(settings), feeds(site, "/feed.xml"))
    assert not {path for path, _ in site.requests} & {TDMREP, AI_TXT}
    assert rows(engine, "SELECT count(*) FROM article") == [(3,)]
