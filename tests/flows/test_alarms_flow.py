"""Incidents as events on a real Prefect server, and the automation that tells of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.events.schemas.automations import AutomationCore, EventTrigger
from sqlalchemy import Engine, text

from flows.alarms import OPENED, incident_event, notification, tell_incidents
from flows.deployments import deploy
from pipeline.errors import UnknownItemError
from pipeline.records import Finding, IncidentKind, Subject
from pipeline.settings import Settings
from pipeline.store.database import open_engine
from pipeline.store.incidents import Incidents, News
from pipeline.store.rows import IncidentRow

NOW = datetime.now(UTC).replace(microsecond=0)
ROW = IncidentRow(
    incident_id=9,
    kind="silent",
    source="herald",
    endpoint=None,
    host=None,
    opened_at=NOW,
    seen_at=NOW,
    closed_at=None,
    detail="d",
    evidence={},
)
HOST = Finding(kind=IncidentKind.ROBOTS_CHANGED, subject=Subject(host="www.herald.test"), detail="now disallows /news/")


@pytest.fixture
def engine(database: str):
    made = open_engine(database)
    with made.begin() as connection:
        connection.execute(text("INSERT INTO host (host) VALUES ('www.herald.test')"))
    yield made
    made.dispose()


@pytest.fixture
async def letter_box() -> AsyncIterator[tuple[str, asyncio.Queue[dict[str, Any]]]]:
    """The URL of a webhook on loopback, and what was sent there."""
    letters: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        letters.put_nowait(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", letters
    server.close()


def test_an_event_names_its_incident_and_has_one_id_however_often_it_is_sent() -> None:
    event = incident_event(News(news="opened", incident=ROW), run_id=None)
    assert (event.event, event.resource.id, event.resource.name) == (OPENED, "dateline.incident.9", "silent: herald")
    assert event.payload["detail"] == "d"
    assert incident_event(News(news="opened", incident=ROW), run_id=None).id == event.id
    assert incident_event(News(news="closed", incident=ROW), run_id=None).id != event.id


def test_the_automation_in_the_manual_is_one_and_meets_its_events() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    given = yaml.safe_load(manual.partition("```yaml\n")[2].partition("```")[0])
    automation = AutomationCore.model_validate(given)
    assert isinstance(automation.trigger, EventTrigger)
    for kind, meant in (("silent", True), ("gap", False)):
        event = incident_event(News(news="opened", incident=replace(ROW, kind=kind)), run_id=None)
        assert automation.trigger.match.matches(event.resource) is meant
        assert event.event in automation.trigger.expect


@pytest.mark.usefixtures("prefect_server")
async def test_whoever_asked_is_told_once_of_each_incident(engine: Engine, letter_box: tuple[str, asyncio.Queue[dict[str, Any]]]) -> None:
    url, letters = letter_box
    block = CustomWebhookNotificationBlock(name="box", url=url, json_data={"subject": "{{subject}}", "body": "{{body}}"})
    block_id = await block.save("newsroom", overwrite=True)
    await deploy(Settings(), pause_shifts=True, notify="custom-webhook/newsroom")
    async with get_client() as client:
        (automation,) = await client.read_automations_by_name(notification(block_id).name)
    assert automation.enabled

    incidents = Incidents(engine)
    incidents.open([HOST], now=NOW)
    await tell_incidents(incidents)
    assert incidents.untold() == ()
    letter = await asyncio.wait_for(letters.get(), 60)
    assert letter == {"subject": "Dateline: robots changed: www.herald.test opened", "body": "now disallows /news/\nwww.herald.test"}
    incidents.open([HOST], now=NOW + timedelta(seconds=1))
    assert incidents.untold() == (), "what lasts is not told again"
    incidents.settle(IncidentKind.ROBOTS_CHANGED, [], now=NOW + timedelta(seconds=2))
    await tell_incidents(incidents)
    assert (await asyncio.wait_for(letters.get(), 60))["subject"].endswith("closed")
    assert letters.empty()


@pytest.mark.usefixtures("prefect_server")
async def test_a_block_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownItemError, match="slack-webhook/nobody"):
        await deploy(Settings(), pause_shifts=True, notify="slack-webhook/nobody")
