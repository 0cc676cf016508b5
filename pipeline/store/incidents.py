"""Incidents: what is found wrong is opened once, confirmed while it lasts, and closed when it is healed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine

from pipeline.records import Finding, IncidentKind, Subject
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.rows import IncidentRow
from pipeline.store.wire import rows_json


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Incidents, by id."""

    opened: tuple[int, ...] = ()
    confirmed: tuple[int, ...] = ()  # were open already
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class News:
    """An incident that opened or closed."""

    news: Literal["opened", "closed"]
    incident: IncidentRow


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

    def expire(self, kind: IncidentKind, *, before: datetime, now: datetime) -> Settled:
        """Close the incidents of a kind that nobody has confirmed since `before`."""
        bound = {"kind": kind, "before": before, "now": now}
        closed = repeating(self._engine, lambda connection: connection.execute(query("expire_incidents"), bound).scalars().all())
        return Settled(closed=tuple(closed))

    def untold(self) -> tuple[News, ...]:
        """What has opened or closed and was not told yet, in order."""
        with transaction(self._engine) as connection:
            rows = connection.execute(query("read_untold_incidents")).mappings().all()
        return tuple(
            News(news=row["news"], incident=IncidentRow(**{name: row[name] for name in IncidentRow.__dataclass_fields__})) for row in rows
        )

    def mark_told(self, told: Sequence[News]) -> None:
        """Note that these have been told."""
        rows = rows_json({"incident_id": one.incident.incident_id, "news": one.news} for one in told)
        repeating(self._engine, lambda connection: connection.execute(query("mark_incidents_told"), {"rows": rows}))


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
