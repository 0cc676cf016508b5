"""Looks for what is wrong, at the end of every shift: opens incidents, and closes those that are healed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from pipeline.records import Finding, IncidentKind, Subject
from pipeline.steps.drift import watch_drift
from pipeline.steps.weather import Weather
from pipeline.store.incidents import Incidents
from pipeline.store.watching import Watching
from pipeline.watch.endpoints import judge_endpoints, judge_gaps
from pipeline.watch.volume import LOOKED_BACK, VOLUME_KINDS, judge_volumes

_ENDPOINT_KINDS = (IncidentKind.ENDPOINT_FAILING, IncidentKind.ENDPOINT_RETIRED)
_OUTAGE_OVER = timedelta(minutes=2)  # a worker that is in an outage confirms it every few seconds
_ROBOTS_KNOWN = timedelta(days=7)  # a changed robots.txt is news for a week, then it is how things are


def watch(engine: Engine, *, now: datetime) -> None:
    """Judge endpoints, gaps and readings by what the tables say, and settle their incidents. Raises DatabaseDownError."""
    incidents, watching = Incidents(engine), Watching(engine)
    incidents.expire(IncidentKind.OWN_OUTAGE, before=now - _OUTAGE_OVER, now=now)
    incidents.expire(IncidentKind.ROBOTS_CHANGED, before=now - _ROBOTS_KNOWN, now=now)
    troubles = judge_endpoints(watching.endpoints(now=now))
    for kind in _ENDPOINT_KINDS:
        incidents.settle(kind, _of(kind, troubles), now=now)
    incidents.settle(IncidentKind.GAP, judge_gaps(watching.gaps(now=now)), now=now)
    watch_drift(engine, now=now)


def watch_volumes(engine: Engine, *, now: datetime) -> None:
    """Judge what all sources published, and settle their incidents; 10 ms of processor time a source. Raises DatabaseDownError."""
    incidents, watching = Incidents(engine), Watching(engine)
    watching.count(now=now)
    verdicts = judge_volumes(watching.volumes(now=now), unwatched=watching.unwatched(since=now - LOOKED_BACK, now=now))
    for kind in VOLUME_KINDS:
        incidents.settle(kind, _of(kind, verdicts.findings), now=now, healthy=verdicts.healthy[kind])


def volumes_are_due(now: datetime, *, every_seconds: float) -> bool:
    """Whether a look that is one in so many seconds judges volumes: the first one or two of an hour do, for the rule is one of hours."""
    return now.minute * 60 + now.second < 2 * every_seconds


def _of(kind: IncidentKind, findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.kind is kind]


def note_weather(incidents: Incidents, weather: Weather, *, was_ours: bool, now: datetime) -> bool:
    """Open, confirm or close the one incident of our own outage; returns whether there is one (`was_ours`: the last time)."""
    hosts = weather.silent_hosts() if weather.is_ours() else ()
    if hosts:
        detail = f"no answer from any of {len(hosts)} hosts: our own network seems to be down"
        outage = Finding(kind=IncidentKind.OWN_OUTAGE, subject=Subject(), detail=detail, evidence={"hosts": hosts})
        incidents.open([outage], now=now)
    elif was_ours:
        incidents.settle(IncidentKind.OWN_OUTAGE, [], now=now)
    return bool(hosts)
