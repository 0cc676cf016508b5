"""What became of pages and polls, ready to be stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records.articles import Article
from pipeline.records.discovery import Candidate, Endpoint, Hints, Rhythm, Validators
from pipeline.records.fetching import Capture, PageRequest, Postponed, Refused
from pipeline.records.sources import EndpointSpec
from pipeline.records.terms import EndpointKind


@dataclass(frozen=True, kw_only=True)
class NotModified:
    """A recheck's 304: the article is as it was."""


@dataclass(frozen=True, kw_only=True)
class MovedAway:
    """A redirect to another host: the target is queued, this URL kept as its alias."""

    target: str  # normalised
    permanent: bool


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What became of one page request, ready to be stored: exactly one of the result types."""

    request: PageRequest
    result: Article | Refused | Postponed | NotModified | MovedAway
    finished_at: datetime
    capture: Capture | None = None
    aliases: tuple[str, ...] = ()  # normalised URLs proven to be this article: redirect hops, the final URL
    for_good: bool = True  # the redirects among them were permanent ones
    validators: Validators = Validators()


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A time between two looks at a feed in which entries may have come and gone unseen (pipeline/discover/gaps.py)."""

    start: datetime  # the look before
    end: datetime  # the oldest entry of the look after
    estimated: float  # how many entries that time brings as a rule
    healed: bool = False  # older pages of the feed closed it
    recovered: int = 0  # new entries on them


@dataclass(frozen=True, kw_only=True)
class PollResult:
    """What became of one endpoint poll, ready to be stored."""

    endpoint: Endpoint
    polled_at: datetime
    next_poll_at: datetime
    status: str  # short, for people: "200, 50 entries, 3 new", "304", "503, waits until …"
    ok: bool
    candidates: tuple[Candidate, ...] = ()
    children: tuple[EndpointSpec, ...] = ()
    beyond_horizon: int = 0  # entries older than the horizon: counted, not queued
    kind: EndpointKind | None = None  # None: as before
    validators: Validators | None = None  # None: keep those at hand
    body_sha256: bytes | None = None  # None: keep
    failures: float = 0.0
    publish_rate: float = 0.0
    rate_at: datetime | None = None
    rhythm: Rhythm = Rhythm()
    window: int | None = None  # None: as before
    hints: Hints | None = None  # None: as before
    fresh_until: datetime | None = None  # the publisher asked not to be polled before
    oldest_entry_at: datetime | None = None  # None: as before
    gap: Gap | None = None
    complete: bool | None = None  # the document says that there are no entries but its own; None: as before
    listed: tuple[str, ...] | None = None  # the URLs of such a document: what it showed before beside them has left it
    archive_url: str | None = None  # the newest archived document that was read; None: as before
    moved_to: str | None = None
    moved_sightings: int = 0
    new_url: str | None = None  # the endpoint moves there for good
    retired_reason: str | None = None  # the endpoint is not polled any more
    probed: bool = False  # but looked at weekly
    host_until: datetime | None = None  # the whole host waits until then
    quiet_until: datetime | None = None  # the endpoint was asked to wait until then; its host waits when another of its URLs is too
