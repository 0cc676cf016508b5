"""What endpoints say: feeds, sitemaps and pages that list articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records.sources import DateClaim, SourceFacts
from pipeline.records.terms import EndpointKind


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One entry of a feed, sitemap or page: a URL that may be an article, with the facts given beside it."""

    url: str  # absolute, normalised (pipeline/urls.py)
    guid: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: DateClaim | None = None
    updated: DateClaim | None = None
    categories: tuple[str, ...] = ()
    summary: str | None = None
    language: str | None = None
    kind: EndpointKind | None = None  # of the endpoint that said so, where it is known


@dataclass(frozen=True, kw_only=True)
class ChildSitemap:
    """One entry of a sitemap index."""

    kind: EndpointKind  # guessed by its name until it is read
    url: str  # normalised
    updated: DateClaim | None = None  # lastmod


@dataclass(frozen=True, kw_only=True)
class Hints:
    """When a document's publisher wants it to be asked for."""

    min_interval_seconds: int = 0  # ttl, sy:updatePeriod
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # Monday = 0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one endpoint document said."""

    kind: EndpointKind  # what the document really is; may differ from what the endpoint was registered as
    candidates: tuple[Candidate, ...]  # in document order
    children: tuple[ChildSitemap, ...] = ()  # of a sitemap index
    next_url: str | None = None  # older entries: RFC 5005 rel=next, JSON Feed next_url
    archive_url: str | None = None  # older entries, in a document that never changes: RFC 5005 rel=prev-archive
    current_url: str | None = None  # of such a document (fh:archive): the feed that goes on
    complete: bool = False  # RFC 5005 fh:complete: there are no entries but these
    min_interval_seconds: int = 0  # ttl, sy:updatePeriod
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # Monday = 0
    expired: bool = False  # JSON Feed: will not change any more
    skipped: int = 0  # entries without a usable link
    broken_off: bool = False  # the document ends early: its entries count, its validators are not kept

    @property
    def hints(self) -> Hints:
        """What it says of when to ask."""
        return Hints(min_interval_seconds=self.min_interval_seconds, skip_hours=self.skip_hours, skip_days=self.skip_days)


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What a server gave to ask 'changed?' with; stored and sent back verbatim."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """When an endpoint publishes: its new entries by hour and by weekday (UTC), fading (pipeline/discover/rhythm.py)."""

    entries: tuple[float, ...] = (0.0,) * 31  # by the 24 hours of the day, then by the 7 days of the week, Monday first
    watched: tuple[float, ...] = (0.0,) * 31  # hours that were watched for them


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint that is due, as the claim hands it out."""

    endpoint_id: int
    source: SourceFacts
    kind: EndpointKind
    url: str
    host: str  # pace key
    validators: Validators
    body_sha256: bytes | None
    polls: int  # so far; every n-th is a full GET
    failures: float  # hard 1, soft ½, temporary ¼ (rss-fetcher's scale); 0 after a success
    publish_rate: float  # new entries an hour, decayed with a half-life of 7 days
    rate_at: datetime | None  # when publish_rate was last brought up to date
    rhythm: Rhythm
    window: int | None  # entries that the document listed when it was last read
    complete: bool  # it said that there are no others (RFC 5005)
    archive_url: str | None  # the newest of its archived documents (RFC 5005) that was read
    hints: Hints  # of that document: a 304 changes nothing in them
    last_ok_at: datetime | None  # None: never read, so this is its first poll
    retired: bool  # gone, and looked at weekly all the same
    moved_to: str | None
    moved_sightings: int
