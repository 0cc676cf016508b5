"""Gaps of feeds: recorded with the poll that finds them, healed by the polls of the source's other lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from pipeline.records import EndpointKind, PollResult
from pipeline.store.queries import query

_HEALERS = (EndpointKind.NEWS_SITEMAP, EndpointKind.SITEMAP, EndpointKind.HOMEPAGE)


def healers_of(connection: Connection, result: PollResult) -> Sequence[Row[Any]]:
    """The endpoints (endpoint_id, host) that may list what a poll's gap has lost; none where it has no open one."""
    if result.gap is None or result.gap.healed:
        return ()
    return connection.execute(query("healers"), {"source_id": result.endpoint.source.source_id}).all()


def note_gaps(connection: Connection, result: PollResult, healers: Sequence[Row[Any]]) -> None:
    """Record the gap of a poll and call its healers, whose hosts are locked by now; heal open gaps of the source with what a poll read."""
    endpoint, gap, now = result.endpoint, result.gap, result.polled_at
    if gap is not None:
        found = {"start": gap.start, "end": gap.end, "estimated": gap.estimated, "healed": gap.healed, "recovered": gap.recovered}
        connection.execute(query("add_gap"), {**found, "endpoint_id": endpoint.endpoint_id, "now": now})
    if healers:
        connection.execute(query("call_healers"), {"endpoints": [healer.endpoint_id for healer in healers], "now": now})
        connection.execute(query("wake_endpoint_hosts"), {"hosts": sorted({healer.host for healer in healers})})
    kind = result.kind or endpoint.kind
    if result.ok and kind in _HEALERS:
        source = {"endpoint_id": endpoint.endpoint_id, "source_id": endpoint.source.source_id}
        connection.execute(query("heal_gaps"), {**source, "kind": kind, "now": now})
