"""What a run of `ingest` is to be: a shift or a drain, until when, and whether at all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from pipeline.settings import Settings

LANES_AT_MOST = 19  # a run has at most 20 task runs, and one of them opens the database


class IngestParameters(BaseModel):
    """What a run of `ingest` can be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    drain: bool = Field(True, title="Drain", description="End when nothing is due. Off: work as a shift, until the next one begins.")
    lanes: int | None = Field(
        None, ge=1, le=LANES_AT_MOST, title="Lanes", description="Batches that this run works at once. Empty: the setting DATELINE_LANES."
    )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What this run is to be."""

    run_id: UUID
    title: str
    drain: bool
    lanes: int
    tick: datetime | None  # a scheduled run's time; None for one started by hand
    ends_at: datetime | None  # None for a drain

    @property
    def kind(self) -> Literal["drain", "shift"]:
        """What its row in `run` calls it; drains don't count as live shifts."""
        return "drain" if self.drain else "shift"

    def facts(self) -> dict[str, Any]:
        """What its row in `run` says of it. From `ends_at` on, a run that still finishes its last batches doesn't count as a live shift."""
        return {"lanes": self.lanes, "ends_at": self.ends_at and self.ends_at.isoformat()}


def make_plan(parameters: IngestParameters, settings: Settings, *, run_id: UUID, tick: datetime | None, now: datetime) -> Plan:
    """Decide what a run is to be. A scheduled shift ends when the next one begins, however late it started."""
    lanes = parameters.lanes or min(settings.lanes, LANES_AT_MOST)
    begins = tick or now
    return Plan(
        run_id=run_id,
        title=run_title(parameters, lanes, begins),
        drain=parameters.drain,
        lanes=lanes,
        tick=tick,
        ends_at=None if parameters.drain else begins + timedelta(seconds=settings.shift_seconds),
    )


def run_title(parameters: IngestParameters, lanes: int, at: datetime) -> str:
    """A run's name: "shift 12:05, 8 lanes" (UTC)."""
    return f"{'drain' if parameters.drain else 'shift'} {at:%H:%M}, {lanes} {'lane' if lanes == 1 else 'lanes'}"


def reason_to_skip(plan: Plan, settings: Settings, *, live_shifts: int, now: datetime) -> str | None:
    """Why this run has nothing to do, or None (DESIGN 9, Shifts and workers)."""
    if plan.ends_at is not None and plan.tick is not None and now >= plan.ends_at:
        return f"not started: its time was {plan.tick:%H:%M:%S} UTC, more than a shift ago"
    if not plan.drain and live_shifts >= settings.shifts:
        return f"not started: {live_shifts} of {settings.shifts} shifts are at work already"
    return None
