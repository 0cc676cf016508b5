"""Endpoints that fail again and again, or ended by themselves."""

from __future__ import annotations

from dataclasses import replace

from builders import NOW

from pipeline.records import EndpointTrouble, IncidentKind, Subject
from pipeline.watch.endpoints import judge_endpoints

TROUBLE = EndpointTrouble(
    endpoint_id=3,
    source_id=7,
    url="https://feeds.beacon.test/rss.xml",
    failures=1.25,
    last_status="500",
    last_ok_at=NOW,
    retired_at=None,
    retired_reason=None,
)


def test_repeated_failures_are_an_incident_single_ones_are_not() -> None:
    (found,) = judge_endpoints([TROUBLE, replace(TROUBLE, endpoint_id=4, failures=0.75)])
    assert (found.kind, found.subject) == (IncidentKind.ENDPOINT_FAILING, Subject(source_id=7, endpoint_id=3))
    assert found.detail == "not read since 2026-11-20 12:00 UTC: 500"


def test_an_end_is_an_incident_of_its_own() -> None:
    (found,) = judge_endpoints([replace(TROUBLE, retired_at=NOW, retired_reason="410 Gone", last_ok_at=None)])
    assert (found.kind, found.detail) == (IncidentKind.ENDPOINT_RETIRED, "not polled any more: 410 Gone")


def test_who_was_never_read_is_said_so() -> None:
    (found,) = judge_endpoints([replace(TROUBLE, last_ok_at=None)])
    assert found.detail == "never read: 500"
