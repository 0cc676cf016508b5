"""What tells that something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.records.terms import IncidentKind


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom an incident is about: a source, an endpoint (with its source) or a host; with none of them, ourselves."""

    source_id: int | None = None
    endpoint_id: int | None = None
    host: str | None = None


@dataclass(frozen=True, kw_only=True)
class SourceVolume:
    """A source's entries by hour of their publication (of discovery, where no time is printed)."""

    source_id: int
    timezone: str  # IANA name
    counts: Mapping[datetime, int]  # by start of the hour, UTC; hours without entries may be left out
    read_until: datetime | None  # when an endpoint of it was read the last time; None: never


@dataclass(frozen=True, kw_only=True)
class EndpointTrouble:
    """An endpoint of a source in service that failed the last time, or is not polled any more though nobody took it out of service."""

    endpoint_id: int
    source_id: int
    url: str
    failures: float
    last_status: str | None
    last_ok_at: datetime | None
    retired_at: datetime | None
    retired_reason: str | None


@dataclass(frozen=True, kw_only=True)
class OpenGaps:
    """The gaps of an endpoint that are not healed."""

    endpoint_id: int
    source_id: int
    gaps: int
    estimated_loss: float  # entries
    from_at: datetime  # of the first one
    to_at: datetime  # of the last one


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong now: it opens an incident, or confirms the open one of its kind and subject."""

    kind: IncidentKind
    subject: Subject
    detail: str  # one sentence, for people
    evidence: dict[str, Any] = field(default_factory=dict)  # the figures behind it, as JSON


@dataclass(frozen=True, kw_only=True)
class PageReading:
    """What one page of a source gave: by such the drift alarm sees that its pages are built differently."""

    at: datetime
    refused: bool  # by the quality gate
    size: int = 0  # bytes of its text
    dated: bool = False
    has_authors: bool = False
    start: str = ""  # the letters that its text begins with, folded


@dataclass(frozen=True, kw_only=True)
class SourceReadings:
    """The last pages of a source, oldest first."""

    source_id: int
    readings: tuple[PageReading, ...]
    drifting_since: datetime | None  # of the open incident: what came before is the rule
