"""What the tables say becomes incidents, and our own outage becomes one."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asking import rows
from builders import source
from site_on_loopback import HTML, RSS, Site, drain, feeds, item, rss, serving, site_settings, story_page
from sqlalchemy import Engine

from pipeline.errors import DatelineError, ExchangeFailedError, ResponseCutError
from pipeline.records import HostLease, Purpose, Run
from pipeline.settings import Settings
from pipeline.steps.clock import lease_clock
from pipeline.steps.shift import Shift
from pipeline.steps.visit import Ask, Visit
from pipeline.steps.watch import note_weather, volumes_are_due, watch, watch_volumes
from pipeline.steps.workplace import Workplace, open_workplace
from pipeline.store.sources import Sources
from pipeline.store.watching import Watching

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def open_kinds(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT kind, source FROM v_incident WHERE open ORDER BY kind, source")


def test_endpoints_in_trouble_are_incidents_until_they_are_read_again(engine: Engine) -> None:
    Sources(engine).sync([source("beacon"), source("gone"), source("well")])
    rows(engine, "UPDATE endpoint SET failures = 1.5, last_status = '500' WHERE url LIKE '%beacon%'")
    rows(engine, "UPDATE endpoint SET retired_at = :now, retired_reason = '410 Gone' WHERE url LIKE '%gone%'", now=NOW)
    for number in range(2):
        watch(engine, now=NOW + number * HOUR)
        assert open_kinds(engine) == [("endpoint_failing", "beacon"), ("endpoint_retired", "gone")]
    rows(engine, "UPDATE endpoint SET failures = 0, retired_at = NULL, retired_reason = NULL")
    watch(engine, now=NOW + 2 * HOUR)
    assert open_kinds(engine) == []
    assert rows(engine, "SELECT count(*) FROM incident") == [(2,)]


async def test_other_rules_in_robots_txt_are_an_incident_for_a_week(engine: Engine, settings: Settings) -> None:
    async with serving(Site()) as site:
        site.documents = {"/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /admin/"), "/feed.xml": (RSS, rss([]))}
        await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
        site.documents["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /news/")
        _make_due(engine)
        rows(engine, "UPDATE robots SET expires_at = now()")
        await drain(engine, site_settings(settings), feeds(site, "/feed.xml"))
    ((kind, detail),) = rows(engine, "SELECT kind, detail FROM v_incident WHERE open")
    assert (kind, detail) == ("robots_changed", "robots.txt has changed for us: Disallow: /news/ new, Disallow: /admin/ gone")
    watch(engine, now=datetime.now(UTC) + timedelta(days=6))
    assert open_kinds(engine) == [("robots_changed", None)]
    watch(engine, now=datetime.now(UTC) + timedelta(days=8))
    assert open_kinds(engine) == []


def test_a_gap_is_an_incident_until_it_is_healed(engine: Engine) -> None:
    Sources(engine).sync([source("beacon")])
    gap = "INSERT INTO endpoint_gap (endpoint_id, from_at, to_at, estimated_loss, found_at)"
    rows(engine, f"{gap} SELECT endpoint_id, :since, :now, 12, :now FROM endpoint", since=NOW - 6 * HOUR, now=NOW)
    watch(engine, now=NOW)
    assert open_kinds(engine) == [("gap", "beacon")]
    assert rows(engine, "SELECT detail FROM incident") == [
        ("about 12 entries may have been missed between 2026-11-20 06:30 and 2026-11-20 12:30 UTC",)
    ]
    rows(engine, "UPDATE endpoint_gap SET healed_at = :now, healed_by = 'sitemap'", now=NOW)
    watch(engine, now=NOW + HOUR)
    assert open_kinds(engine) == []


def test_a_source_that_falls_silent_is_an_incident_until_it_publishes(engine: Engine) -> None:
    """Two entries an hour for five weeks from two sources; then one of them stops for a day, while a run was always at work."""
    Sources(engine).sync([source("beacon"), source("herald")])
    stop, since = NOW - 24 * HOUR, NOW - 35 * 24 * HOUR
    rows(engine, "INSERT INTO run (run_id, flow, code_version, started_at) VALUES (gen_random_uuid(), 'test', 'test', :since)", since=since)
    rows(engine, "UPDATE run SET heartbeat_at = :now", now=NOW + 3 * HOUR)
    rows(
        engine,
        "INSERT INTO volume SELECT source_id, hour, 2"
        " FROM source, generate_series(date_trunc('hour', CAST(:since AS timestamptz)), :now, '1 hour') AS hour"
        " WHERE slug = 'herald' OR hour < :stop",
        since=since,
        now=NOW + 3 * HOUR,
        stop=stop,
    )
    rows(engine, "UPDATE endpoint SET last_ok_at = :now", now=NOW)
    watching = Watching(engine)
    assert len(watching.unwatched(since=NOW - 48 * HOUR, now=NOW)) == 0
    for number in range(2):
        _judge(engine, NOW + number * HOUR)
        assert open_kinds(engine) == [("silent", "beacon")]
    rows(
        engine,
        "INSERT INTO volume SELECT source_id, :hour, 1 FROM source WHERE slug = 'beacon'",
        hour=datetime(2026, 11, 20, 13, tzinfo=UTC),
    )
    _judge(engine, NOW + 2 * HOUR)
    assert open_kinds(engine) == []


def _judge(engine: Engine, now: datetime) -> None:
    rows(engine, "UPDATE endpoint SET last_ok_at = :now", now=now)
    with_counting, Watching.count = Watching.count, lambda self, *, now: None  # type: ignore[method-assign]  # these volumes have no URLs behind them
    try:
        watch_volumes(engine, now=now)
    finally:
        Watching.count = with_counting  # type: ignore[method-assign]  # as before


def test_the_first_shifts_of_an_hour_judge_volumes() -> None:
    hour = [datetime(2026, 11, 20, 12, minute, 30, tzinfo=UTC) for minute in range(60)]
    assert [moment.minute for moment in hour if volumes_are_due(moment, every_seconds=300)] == list(range(10))
    assert all(volumes_are_due(moment, every_seconds=1800) for moment in hour)


def test_volumes_count_by_the_printed_hour_what_is_or_may_become_an_article(stocked: Engine) -> None:
    first = rows(stocked, "SELECT min(first_seen_at) FROM url")[0][0]
    assert isinstance(first, datetime)
    Watching(stocked).count(now=first + timedelta(days=2))
    counted = rows(stocked, "SELECT slug, sum(entries) FROM volume JOIN source USING (source_id) GROUP BY slug ORDER BY slug")
    wanted = rows(
        stocked,
        "SELECT slug, count(*) FROM url JOIN source USING (source_id)"
        " WHERE (outcome IS NULL OR outcome IN ('loaded', 'duplicate')) AND source.enabled"
        " AND NOT EXISTS (SELECT FROM sighting g WHERE g.url_id = url.url_id AND g.published_at < :since) GROUP BY slug ORDER BY slug",
        since=first - timedelta(days=1),
    )
    assert counted == wanted
    rows(stocked, "UPDATE url SET outcome = 'too_short', finished_at = now(), lease_token = NULL WHERE outcome IS NULL")
    Watching(stocked).count(now=first + timedelta(days=2))
    assert rows(stocked, "SELECT sum(entries) FROM volume") < rows(stocked, "SELECT :n", n=sum(int(str(n)) for _, n in wanted))


# -- our own outage ----------------------------------------------------------------------------------

TOWNS = tuple(f"town{number}.test" for number in range(6))


async def test_our_own_outage_is_one_incident_and_spends_nothing(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    resolver = tmp_path / "hosts.json"
    resolver.write_text(json.dumps({town: ["127.0.0.1"] for town in TOWNS}))
    here = site_settings(settings).model_copy(update={"resolver_file": resolver})
    async with serving(Site()) as site:
        port = int(site.origin.rpartition(":")[2])
        for town in TOWNS:
            site.documents[f"/{town}.xml"] = (RSS, rss([item(f"http://{town}:{port}/{town}/news", f"Pier story of {town}")]))
            site.documents[f"/{town}/news"] = (HTML, story_page(f"Pier story of {town}"))
        documents = site.documents
        Sources(engine).sync([source(town.partition(".")[0], feed=f"http://{town}:{port}/{town}.xml") for town in TOWNS])
        await _work(engine, here)
    assert rows(engine, "SELECT count(*) FROM article") == [(6,)]
    before = rows(engine, "SELECT endpoint_id, failures FROM endpoint ORDER BY 1")

    _make_due(engine)
    workplace = await _work(engine, here)  # nobody listens any more
    assert note_weather(workplace.incidents, workplace.weather, was_ours=False, now=NOW)
    assert note_weather(workplace.incidents, workplace.weather, was_ours=True, now=NOW + HOUR)
    watch(engine, now=NOW + HOUR)
    assert rows(engine, "SELECT kind, opened_at, closed_at FROM incident") == [("own_outage", NOW, None)]
    assert rows(engine, "SELECT endpoint_id, failures FROM endpoint ORDER BY 1") == before
    assert rows(engine, "SELECT sum(tries) FROM url") == [(0,)]
    assert rows(engine, "SELECT count(*) FROM host WHERE blocked_until < now() + interval '61 seconds'") == [(6,)]

    back = Site(documents=documents)
    server = await asyncio.start_server(back.answer, "127.0.0.1", port)
    try:
        _make_due(engine)
        workplace = await _work(engine, here)
    finally:
        server.close()
    assert {status for path, status in back.requests if path.endswith(".xml")} == {200}
    assert not note_weather(workplace.incidents, workplace.weather, was_ours=True, now=NOW + 2 * HOUR)
    assert rows(engine, "SELECT kind, closed_at FROM incident") == [("own_outage", NOW + 2 * HOUR)]


async def test_only_silence_can_be_our_own_trouble_not_a_page_that_breaks_off(engine: Engine, settings: Settings) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<!doctype html>")
        writer.close()

    ask = Ask(purpose=Purpose.ARTICLE, accept="text/html", cap_bytes=1000)
    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    lease = HostLease(host=host, token=1, expires_at=lease_clock() + 900, delay_seconds=0.0, not_before=0.0)
    failures: dict[type[DatelineError], bool] = {}
    async with open_workplace(site_settings(settings), engine, uuid.uuid4()) as workplace:
        visit = Visit(workplace, lease)
        with workplace.weather.visiting(host), workplace.weather.visiting("elsewhere.test"):
            for kind in (ResponseCutError, ExchangeFailedError):
                with pytest.raises(kind) as failure:
                    await visit.send(f"http://{host}/news", ask)
                failures[kind] = visit.excuse(failure.value) is not None
                server.close()  # from now on nobody answers
    assert failures == {ResponseCutError: False, ExchangeFailedError: True}


def _make_due(engine: Engine) -> None:
    rows(engine, "UPDATE endpoint SET next_poll_at = now()")
    rows(engine, "UPDATE host SET next_due_at = now(), blocked_until = NULL, blocked_reason = NULL")


async def _work(engine: Engine, settings: Settings) -> Workplace:
    """A drain by the heartbeat's rules, without its timing: returns the workplace, whose weather is as the drain left it."""
    run = Run(run_id=uuid.uuid4(), flow="test", code_version="test")
    async with open_workplace(settings, engine, run.run_id) as workplace:
        workplace.runs.start(run)
        shift = Shift(workplace, ends_at=None)
        await asyncio.gather(*(shift.work_lane() for _ in range(settings.lanes)))
    assert shift.errors == []
    return workplace
