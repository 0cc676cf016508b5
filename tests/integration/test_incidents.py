"""Incidents: opened once, confirmed while they last, closed when healed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cli_calls import Caller, url_of
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from pipeline.records import Finding, IncidentKind, Subject
from pipeline.store.incidents import Incidents

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ids(engine: Engine, statement: str) -> list[int]:
    with engine.begin() as connection:
        return [int(found) for found in connection.execute(text(statement)).scalars()]


@pytest.fixture
def sources(stocked: Engine) -> list[Subject]:
    return [Subject(source_id=source_id) for source_id in ids(stocked, "SELECT source_id FROM source ORDER BY source_id")]


def silent(subject: Subject, detail: str = "nothing for 9 hours") -> Finding:
    return Finding(kind=IncidentKind.SILENT, subject=subject, detail=detail, evidence={"expected": 14.5})


def test_what_lasts_is_one_incident_and_what_heals_is_closed(stocked: Engine, sources: list[Subject]) -> None:
    incidents = Incidents(stocked)
    first = incidents.settle(IncidentKind.SILENT, [silent(sources[0]), silent(sources[1])], now=NOW)
    later = incidents.settle(IncidentKind.SILENT, [silent(sources[0], "nothing for 10 hours")], now=NOW + HOUR)
    assert (len(first.opened), first.confirmed, first.closed) == (2, (), ())
    assert (later.opened, later.confirmed, later.closed) == ((), first.opened[:1], first.opened[1:])
    with stocked.begin() as connection:
        row = connection.execute(text("SELECT * FROM v_incident WHERE open")).one()
    assert (row.source, row.detail, row.opened_at, row.seen_at) == ("herald", "nothing for 10 hours", NOW, NOW + HOUR)
    assert row.evidence == {"expected": 14.5}
    again = incidents.settle(IncidentKind.SILENT, [silent(sources[1])], now=NOW + 2 * HOUR)
    assert again.closed == first.opened[:1]
    assert again.opened, "what comes back after healing is a new incident"
    assert again.opened != first.opened[1:]


def test_what_nobody_looked_at_stays_open(stocked: Engine, sources: list[Subject]) -> None:
    incidents = Incidents(stocked)
    opened = incidents.open([silent(subject) for subject in sources[:3]], now=NOW).opened
    settled = incidents.settle(IncidentKind.SILENT, [silent(sources[0])], now=NOW, healthy=[sources[1]])
    assert (settled.confirmed, settled.closed) == (opened[:1], opened[1:2])
    assert ids(stocked, "SELECT incident_id FROM v_incident WHERE open ORDER BY 1") == [opened[0], opened[2]]


def test_the_same_trouble_found_by_many_at_once_is_one_incident(stocked: Engine, sources: list[Subject]) -> None:
    barrier = Barrier(8)
    outage = Finding(kind=IncidentKind.OWN_OUTAGE, subject=Subject(), detail="nobody answers")

    def find(_: int) -> int:
        barrier.wait()
        return len(Incidents(stocked).open([silent(sources[0]), outage], now=NOW).opened)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(find, range(8))) == 2
    assert len(ids(stocked, "SELECT incident_id FROM incident")) == 2


def test_the_database_knows_every_kind_and_holds_no_second_open_one(stocked: Engine) -> None:
    Incidents(stocked).open([Finding(kind=kind, subject=Subject(), detail="as a test") for kind in IncidentKind], now=NOW)
    assert len(ids(stocked, "SELECT incident_id FROM incident")) == len(IncidentKind)
    with pytest.raises(IntegrityError, match="incident_open"), stocked.begin() as connection:
        connection.execute(text("INSERT INTO incident (kind, detail) VALUES ('gap', 'a second one')"))


def test_status_and_health_show_what_is_open(stocked: Engine, sources: list[Subject], tmp_path: Path) -> None:
    changed = Finding(kind=IncidentKind.ROBOTS_CHANGED, subject=Subject(host="www.herald.test"), detail="now disallows /news/")
    Incidents(stocked).open([silent(sources[0]), changed], now=datetime.now(UTC))
    caller = Caller(url_of(stocked), tmp_path / "data")
    said = caller.works("status")
    for words in ("Open incidents", "nothing for 9 hours", "now disallows /news/", "www.herald.test"):
        assert words in said
    assert sorted(found["kind"] for found in caller.json("status")["incidents"]) == ["robots_changed", "silent"]
    with stocked.begin() as connection:
        health = connection.execute(text("SELECT open_incidents FROM v_source_health WHERE source = 'herald'")).scalar_one()
    assert set(health) == {"robots_changed", "silent"}
