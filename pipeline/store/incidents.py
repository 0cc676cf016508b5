"""Incidents: what is found wrong is opened once, confirmed while it lasts, and closed when it is healed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from pipeline.records import Finding, IncidentKind, Subject
from pipeline.store.database import repeating
from pipeline.store.queries import query
from pipeline.store.wire import rows_json


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Incidents, by id."""

    opened: tuple[int, ...] = ()
    confirmed: tuple[int, ...] = ()  # were open already
    closed: tuple[int, ...] = ()


class Incidents:
    """The alarms' side of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, findings: Sequence[Finding], *, now: datetime) -> Settled:
        """Open an incident for each finding; one that is open already on its subject is brought up to date instead. Closes none."""
        return repeating(self._engine, lambda connection: open_incidents(connection, findings, now=now))

    def settle(
        self, kind: IncidentKind, findings: Sequence[Finding], *, now: datetime, healthy: Sequence[Subject] | None = None
    ) -> Settled:
        """Bring the incidents of a kind to what was found: `findings` are opened or confirmed, open ones on `healthy` subjects closed.

        With `healthy` None every open incident of the kind that no finding confirms is closed: then `findings` must be all there are.
        """

        def work(connection: Connection) -> Settled:
            found = open_incidents(connection, findings, now=now)
            bound = {
                "kind": kind,
                "now": now,
                "confirmed": [*found.opened, *found.confirmed],
                "everywhere": healthy is None,
                "subjects": rows_json(vars(subject) for subject in healthy or ()),
            }
            closed = connection.execute(query("close_incidents"), bound).scalars().all()
            return Settled(opened=found.opened, confirmed=found.confirmed, closed=tuple(closed))

        return repeating(self._engine, work)


def open_incidents(connection: Connection, findings: Sequence[Finding], *, now: datetime) -> Settled:
    """`Incidents.open` inside the caller's transaction, for writers that find something wrong."""
    one_each = {(finding.kind, finding.subject): finding for finding in findings}
    if not one_each:
        return Settled()
    rows = [
        {"kind": finding.kind, **vars(finding.subject), "detail": finding.detail, "evidence": finding.evidence}
        for finding in one_each.values()
    ]
    found = connection.execute(query("open_incidents"), {"rows": rows_json(rows), "now": now}).all()
    return Settled(
        opened=tuple(row.incident_id for row in found if row.is_new), confirmed=tuple(row.incident_id for row in found if not row.is_new)
    )
