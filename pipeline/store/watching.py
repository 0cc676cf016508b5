"""What the alarms are judged by: volumes, hours in which nobody watched, endpoints in trouble."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from pipeline.records import EndpointTrouble, OpenGaps, SourceVolume
from pipeline.store.database import repeating, transaction
from pipeline.store.queries import query
from pipeline.store.selecting import read

_RECOUNTED = timedelta(days=3)
KEPT = timedelta(weeks=26)  # eight weeks for a rule before a silence of four months


class Watching:
    """The alarms' view of the tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, *, now: datetime) -> None:
        """Bring the volumes of the last three days up to date."""
        since = _full_hour(now - _RECOUNTED)
        repeating(self._engine, lambda connection: connection.execute(query("count_volume"), {"since": since}))

    def volumes(self, *, now: datetime) -> tuple[SourceVolume, ...]:
        """The volumes that are kept, of each source in service."""
        with transaction(self._engine) as connection:
            rows = connection.execute(query("read_volumes"), {"since": _full_hour(now - KEPT)}).all()
        return tuple(
            SourceVolume(
                source_id=row.source_id,
                timezone=row.timezone,
                counts=dict(zip(row.hours, row.entries, strict=True)),
                read_until=row.read_until,
            )
            for row in rows
        )

    def unwatched(self, *, since: datetime, now: datetime) -> frozenset[datetime]:
        """The full hours from `since` on in which no run worked, or our own network was down."""
        bound = {"since": _full_hour(since), "until": now}
        with transaction(self._engine) as connection:
            return frozenset(connection.execute(query("read_unwatched_hours"), bound).scalars())

    def endpoints(self, *, now: datetime) -> tuple[EndpointTrouble, ...]:
        """Endpoints of sources in service that are in trouble."""
        with transaction(self._engine) as connection:
            return read(connection, "read_endpoint_troubles", EndpointTrouble, now=now)

    def gaps(self, *, now: datetime) -> tuple[OpenGaps, ...]:
        """Endpoints of sources in service with gaps that are not healed."""
        with transaction(self._engine) as connection:
            return read(connection, "read_open_gaps", OpenGaps, now=now)

    def forget(self, *, before: datetime) -> None:
        """Forget old volumes. Needs the rights of the tables' owner."""
        with transaction(self._engine) as connection:
            connection.execute(query("drop_old_volume"), {"before": before})


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
