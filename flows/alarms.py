"""Incidents as Prefect events, and the automation that tells people of them."""

from __future__ import annotations

import asyncio
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect import get_run_logger
from prefect.client.orchestration import PrefectClient
from prefect.context import FlowRunContext
from prefect.events import Event, RelatedResource, Resource
from prefect.events.actions import SendNotification
from prefect.events.clients import get_events_client
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from sqlalchemy import Engine

from pipeline.errors import UnknownItemError
from pipeline.steps.clock import DatabaseClock
from pipeline.steps.watch import volumes_are_due, watch, watch_volumes
from pipeline.store.incidents import Incidents, News
from pipeline.store.rows import IncidentRow

RESOURCE = "dateline.incident"
OPENED, CLOSED = f"{RESOURCE}.opened", f"{RESOURCE}.closed"


async def look_for_trouble(engine: Engine, *, every_seconds: float) -> None:
    """Settle the incidents by what the tables say, and send an event for each that opened or closed.

    It is called that often; volumes are judged once or twice an hour.
    """
    now = (await asyncio.to_thread(DatabaseClock.of, engine))()
    await asyncio.to_thread(watch, engine, now=now)
    if volumes_are_due(now, every_seconds=every_seconds):
        await asyncio.to_thread(watch_volumes, engine, now=now)
    await tell_incidents(Incidents(engine))


async def tell_incidents(incidents: Incidents) -> None:
    """Send what was not told yet; what a Prefect server that is away doesn't take is sent the next time (under the same event id)."""
    untold = await asyncio.to_thread(incidents.untold)
    if not untold:
        return
    try:
        async with get_events_client(reconnection_attempts=0, checkpoint_every=1) as client:
            for news in untold:
                await client.emit(incident_event(news, run_id=_run_id()))
    except Exception as error:  # noqa: BLE001  # the client raises bare ones; events must not stop the work
        get_run_logger().warning("The Prefect server took no events: %s", error)
        return
    await asyncio.to_thread(incidents.mark_told, untold)


def incident_event(news: News, *, run_id: UUID | None) -> Event:
    """The event `dateline.incident.opened` or `.closed`. Its id is the same whenever it is sent, so that it counts once."""
    incident = news.incident
    name = incident_name(incident)
    labels = {"prefect.resource.id": f"{RESOURCE}.{incident.incident_id}", "prefect.resource.name": name, "dateline.kind": incident.kind}
    labels |= {"dateline.source": incident.source} if incident.source else {}
    related = {"prefect.resource.id": f"prefect.flow-run.{run_id}", "prefect.resource.role": "flow-run"}
    payload = {field: getattr(incident, field) for field in ("kind", "source", "endpoint", "host", "detail", "evidence")}
    moments = {"opened_at": incident.opened_at.isoformat(), "closed_at": incident.closed_at and incident.closed_at.isoformat()}
    return Event(
        id=uuid5(NAMESPACE_URL, f"{RESOURCE}.{news.news}:{incident.incident_id}:{incident.opened_at.isoformat()}"),
        event=f"{RESOURCE}.{news.news}",
        resource=Resource(labels),
        related=[RelatedResource(related)] if run_id else [],
        payload={**payload, **moments},
    )


def incident_name(incident: IncidentRow) -> str:
    """An incident in a few words: "silent: herald"."""
    where = incident.source or incident.host
    return f"{incident.kind.replace('_', ' ')}: {where}" if where else incident.kind.replace("_", " ")


def _run_id() -> UUID | None:
    context = FlowRunContext.get()
    return context.flow_run.id if context and context.flow_run else None


# -- telling people ----------------------------------------------------------------------------------------


def notification(block_id: UUID) -> AutomationCore:
    """The automation that sends a line through a notification block for each incident that opens or closes."""
    return AutomationCore(
        name="dateline: tell of incidents",
        description="A line for each incident that opens, and one when it is healed.",
        trigger=EventTrigger(
            match=ResourceSpecification(root={"prefect.resource.id": f"{RESOURCE}.*"}),
            expect={OPENED, CLOSED},
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[
            SendNotification(
                block_document_id=block_id,
                subject="Dateline: {{ event.resource.name }} {{ event.event.split('.')[-1] }}",
                body="{{ event.payload.detail }}\n{{ event.payload.endpoint or event.payload.host or '' }}",
            )
        ],
    )


async def find_block(client: PrefectClient, name: str) -> UUID:
    """The id of a notification block, given as TYPE/NAME ("slack-webhook/newsroom"). Raises UnknownItemError when there is none."""
    type_slug, _, block = name.partition("/")
    try:
        document = await client.read_block_document_by_name(block, type_slug)
    except ObjectNotFound:
        raise UnknownItemError(f"block {name!r} on the Prefect server; `prefect block ls` lists them as TYPE/NAME") from None
    return document.id
