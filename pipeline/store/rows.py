"""What the read side hands out: one frozen record for each kind of row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pipeline.records import Evidence, WarcPlace

# -- ledgers and the queue ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """What became of the URLs of one source, or of all."""

    source: str | None  # None: all sources
    discovered: int
    open: int
    ended: int
    articles: int
    balanced: bool  # discovered = open + ended, and as many articles as URLs that loaded one
    by_outcome: dict[str, int]  # Outcome values; those that did not occur are left out


@dataclass(frozen=True, kw_only=True)
class RunLedgerRow:
    """What one run did for one source."""

    source: str
    discovered: int
    attempts: int
    by_outcome: dict[str, int]  # Outcome and AttemptOutcome values; those that did not occur are left out


@dataclass(frozen=True, kw_only=True)
class WaitingReason:
    """What open URLs were put off for."""

    reason: str
    urls: int
    next_at: datetime


@dataclass(frozen=True, kw_only=True)
class BlockedHost:
    """A host that asked to wait, or whose robots.txt is out of reach."""

    host: str
    until: datetime
    reason: str
    urls: int  # open ones that wait for it


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run of a flow or command."""

    run_id: UUID
    flow: str
    state: str  # running, completed, failed, abandoned
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FailingEndpoint:
    """An endpoint whose last poll failed."""

    source: str
    kind: str
    url: str
    failures: float
    status: str | None
    last_polled_at: datetime | None
    last_ok_at: datetime | None
    next_poll_at: datetime


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """A trouble; without source, endpoint and host it is our own."""

    incident_id: int
    kind: str  # an IncidentKind
    source: str | None
    endpoint: str | None  # URL
    host: str | None
    opened_at: datetime
    seen_at: datetime
    closed_at: datetime | None
    detail: str
    evidence: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class QueueCounts:
    """The open URLs by state, and what else waits to be done."""

    due: int
    waiting: int
    leased: int
    due_since: datetime | None  # the oldest due one
    next_at: datetime | None  # when the next waiting one falls due
    rechecks_due: int
    unmatched: int
    hosts_leased: int


@dataclass(frozen=True, kw_only=True)
class Status:
    """How things stand now."""

    queue: QueueCounts
    reasons: tuple[WaitingReason, ...]  # the most frequent first
    blocked: tuple[BlockedHost, ...]
    runs: tuple[RunRow, ...]  # the newest first
    failing: tuple[FailingEndpoint, ...]  # the worst first
    incidents: tuple[IncidentRow, ...]  # open ones, the newest first


# -- articles -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ArticleSummary:
    """One article as a line of a list."""

    article_id: int
    source: str
    url: str
    title: str
    language: str | None
    published_at: datetime | None
    published_precision: str | None
    loaded_at: datetime
    word_count: int
    status: str
    revision_no: int


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """One page of a list."""

    articles: tuple[ArticleSummary, ...]
    next_page: str | None  # what to ask the next page with; None: this is the last


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """An article that a query found."""

    article: ArticleSummary
    rank: float  # comparable within one answer only
    headline: str  # the words found, marked with search.HIGHLIGHT_START and _END, and what stands around them


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """One row of v_article: the field names are its columns."""

    article_id: int
    source: str
    source_name: str
    country: str | None
    url: str
    title: str
    subtitle: str | None
    authors: list[str]
    byline: str | None
    agency: str | None
    dateline: str | None
    section: str | None
    tags: list[str]
    article_type: str
    language: str | None
    body: str
    body_markdown: str
    word_count: int
    published_at: datetime | None
    published_precision: str | None
    modified_at: datetime | None
    first_seen_at: datetime
    loaded_at: datetime
    changed_at: datetime
    revision_no: int
    status: str
    gone_at: datetime | None
    access: str
    quality: float
    quality_flags: list[str]
    rights: dict[str, Any]
    image_url: str | None
    image_caption: str | None
    image_credit: str | None
    place: str | None
    modified_precision: str | None
    language_confidence: float | None
    unavailable_after: datetime | None


@dataclass(frozen=True, kw_only=True)
class RevisionRow:
    """One version of an article."""

    revision_no: int
    seen_at: datetime
    reason: str  # first, publisher_edit, gone, restored
    title: str
    body: str
    authors: list[str]
    modified_at: datetime | None
    extractor: str


@dataclass(frozen=True, kw_only=True)
class CopyRow:
    """Another article of the same story."""

    article_id: int
    source: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ArticleDetail:
    """Everything stored of one article."""

    article: ArticleRow
    extractor: str
    evidence: tuple[Evidence, ...]
    revisions: tuple[RevisionRow, ...]  # the first one first
    aliases: tuple[str, ...]
    copies: tuple[CopyRow, ...]
    archived: WarcPlace | None


# -- everything known of one URL -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class UrlRow:
    """A URL of the frontier with its state now."""

    url_id: int
    url: str
    source: str
    host: str
    state: str  # waiting, due, leased, done
    outcome: str | None
    outcome_detail: str | None
    waiting_for: str | None
    not_before: datetime
    blocked_until: datetime | None
    blocked_reason: str | None
    claims: int
    unfinished: int
    tries: int
    first_seen_at: datetime
    first_run: UUID | None
    finished_at: datetime | None
    article_id: int | None
    redirects_to: str | None
    redirected_from: list[str]


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """A URL that was forgotten."""

    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class PolledAs:
    """The endpoint that a URL is polled as."""

    kind: str
    source: str
    last_status: str | None
    last_polled_at: datetime | None
    retired_reason: str | None


@dataclass(frozen=True, kw_only=True)
class SightingRow:
    """A list on which a URL was seen."""

    kind: str
    endpoint: str
    first_seen_at: datetime
    last_seen_at: datetime
    left_at: datetime | None
    title: str | None
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AttemptRow:
    """What one claim of a URL came to."""

    at: datetime
    run_id: UUID
    purpose: str
    outcome: str
    detail: str | None


@dataclass(frozen=True, kw_only=True)
class FetchRow:
    """One request that was sent."""

    at: datetime
    purpose: str
    url: str
    status: int | None
    error: str | None
    size: int | None
    total_ms: int


@dataclass(frozen=True, kw_only=True)
class CaptureRow:
    """One archived response."""

    captured_at: datetime
    status: int
    final_url: str
    warc_file: str
    warc_offset: int
    warc_length: int


@dataclass(frozen=True, kw_only=True)
class RecheckRow:
    """When an article is looked at again."""

    due_at: datetime
    checks: int


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything known of one URL."""

    url: str  # normalised
    known: UrlRow | None  # None: never accepted into the frontier
    forgotten: Tombstone | None
    polled_as: PolledAs | None
    sightings: tuple[SightingRow, ...]
    attempts: tuple[AttemptRow, ...]
    fetches: tuple[FetchRow, ...]
    captures: tuple[CaptureRow, ...]
    article: ArticleSummary | None  # that it is, itself or as an alias
    recheck: RecheckRow | None


# -- the change feed --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of the change feed, with the article as it is now."""

    kind: str  # insert, revise, gone, restore; delete: the article is no more, whatever this entry once said
    at: datetime
    article_id: int
    article: ArticleRow | None  # None with delete
    cursor: str  # continues after this entry
