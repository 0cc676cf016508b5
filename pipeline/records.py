"""The frozen records that flow from stage to stage: the project's glossary.

    Source ─ Endpoint ─▶ discover ─▶ Candidate ─▶ fetch ─▶ Page ─▶ archive ─▶ extract ─▶ Article ─▶ dedupe ─▶ load

Every record is immutable and keyword-only. Times are aware datetimes in UTC. Text is clean (no NUL, no lone surrogates).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

# -- closed lists --------------------------------------------------------------------


class EndpointKind(StrEnum):
    """What an endpoint's document is."""

    RSS = "rss"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    NEWS_SITEMAP = "news_sitemap"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap_index"
    HOMEPAGE = "homepage"


class Purpose(StrEnum):
    """Why a request is made; the `kind` of a fetch_log row and the `purpose` of an attempt."""

    ENDPOINT = "endpoint"
    ARTICLE = "article"
    RECHECK = "recheck"
    ROBOTS = "robots"
    PROBE = "probe"


class Outcome(StrEnum):
    """The one final outcome of a URL. The comment is what `docs/schema.md` says of it."""

    LOADED = "loaded"  # its page is a row of `article`
    DUPLICATE = "duplicate"  # another URL of an article that is already a row; `article_id` points to it
    REDIRECTED = "redirected"  # answers with a redirect to another host's URL, which is queued in its place
    ROBOTS = "robots"  # robots.txt disallows it
    RIGHTS = "rights"  # the publisher reserves its rights and the source's `respect` setting heeds that
    HTTP_GONE = "http_gone"  # 404 or 410
    HTTP_ERROR = "http_error"  # another 4xx, or server errors until the tries were used up
    BLOCKED = "blocked"  # 401, 403, 451 or a bot check
    PAYWALLED = "paywalled"  # only a teaser is served
    NON_HTML = "non_html"  # a PDF, an image, a video file …
    NON_ARTICLE = "non_article"  # a list, section, home, login, cookie or error page
    TOO_SHORT = "too_short"  # the text is shorter than an article
    BAD_PAGE = "bad_page"  # the page can't be read within its limits of time, memory and size
    TOO_OLD = "too_old"  # published before the horizon
    UNSAFE_URL = "unsafe_url"  # points to an address that may not be fetched
    TIMEOUT = "timeout"  # did not answer in time until the tries were used up
    GAVE_UP = "gave_up"  # killed its extractor three times while it was alone with it
    FORGOTTEN = "forgotten"  # removed by `dateline forget`; never fetched again


class AttemptOutcome(StrEnum):
    """What one attempt at a URL came to, beside the final outcomes: the ends that leave the URL as it is."""

    POSTPONED = "postponed"  # will be tried again: `detail` says why, `url.not_before` when
    RETURNED = "returned"  # went back to the queue untried: the lease or the shift ended
    UNCHANGED = "unchanged"  # a recheck found the article as it was
    REVISED = "revised"  # a recheck found an edit; a revision row was written
    GONE = "gone"  # a recheck found the article deleted: 404 or 410
    SOFT_GONE = "soft_gone"  # a recheck found an error, list or empty page in the article's place, or was led to the home page
    REPLACED = "replaced"  # a recheck was led to another article, or shown one
    RESTORED = "restored"  # a recheck found a deleted article back


class IncidentKind(StrEnum):
    """What is wrong: the kind of an incident. The comment is what `docs/schema.md` says of it."""

    SILENT = "silent"  # a source publishes nothing, for longer than its own weekday and hour explain
    VOLUME_DROP = "volume_drop"  # a source publishes far less than on these weekdays and hours before
    VOLUME_JUMP = "volume_jump"  # a source publishes far more than on these weekdays and hours before
    ENDPOINT_FAILING = "endpoint_failing"  # a feed, sitemap or page can't be read, several times in a row
    ENDPOINT_RETIRED = "endpoint_retired"  # a feed, sitemap or page ended by itself (410, or it says so) and is not polled any more
    ROBOTS_CHANGED = "robots_changed"  # a host's robots.txt allows us something else than before
    GAP = "gap"  # two polls of an endpoint did not overlap: entries may have been missed
    TEMPLATE_DRIFT = "template_drift"  # a source's pages are built differently and yield less than before
    OWN_OUTAGE = "own_outage"  # our own network was down; nothing is held against anybody


class RebuildOutcome(StrEnum):
    """What re-extracting one article from the archive came to."""

    REWRITTEN = "rewritten"  # columns of its row differ
    UNCHANGED = "unchanged"  # none does
    REFUSED = "refused"  # the quality gate would not take the page now; the row stays as it was
    UNREADABLE = "unreadable"  # the archive does not give the response (any more)


class Respect(StrEnum):
    """How far a source's rights reservations are heeded (recorded in any case)."""

    NONE = "none"
    TDM = "tdm"
    ALL = "all"


class Precision(StrEnum):
    """How exact a printed date is."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Access(StrEnum):
    """Whether readers must pay."""

    FREE = "free"
    METERED = "metered"
    PAID = "paid"
    UNKNOWN = "unknown"


# -- results that are not the wished-for output ------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A final no, with its name: stored and counted."""

    outcome: Outcome
    detail: str


@dataclass(frozen=True, kw_only=True)
class Postponed:
    """Not now: the URL or endpoint goes back to the queue."""

    detail: str
    retry_at: datetime
    spends_try: bool  # counts towards the tries of this URL (a 500 does; 429, 503 and our own trouble do not)
    host_until: datetime | None = None  # the whole host waits until then (429, 503 + Retry-After, robots.txt unreachable)


# -- who publishes ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EndpointSpec:
    """One line of a source's endpoints in sources.toml."""

    kind: EndpointKind
    url: str


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """One source of sources.toml: an outlet whose articles are wanted."""

    slug: str  # ^[a-z0-9][a-z0-9._-]{0,62}$
    name: str
    homepage: str
    country: str | None = None  # ISO 3166-1 alpha-2
    language: str | None = None  # BCP 47 primary language
    timezone: str = "UTC"  # IANA name: resolves naive dates
    media_type: str | None = None  # agency, newspaper, broadcaster, magazine, online
    respect: Respect = Respect.NONE
    enabled: bool = True
    endpoints: tuple[EndpointSpec, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """What the stages need to know of the source a URL or endpoint belongs to."""

    source_id: int
    slug: str
    homepage: str
    language: str | None
    timezone: str
    respect: Respect


@dataclass(frozen=True, kw_only=True)
class DateClaim:
    """A moment as somebody printed it."""

    at: datetime  # UTC
    precision: Precision


# -- discover --------------------------------------------------------------------------------


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
    next_url: str | None = None  # older entries: RFC 5005 rel=next or prev-archive, JSON Feed next_url
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
    hints: Hints  # of that document: a 304 changes nothing in them
    last_ok_at: datetime | None  # None: never read, so this is its first poll
    retired: bool  # gone, and looked at weekly all the same
    moved_to: str | None
    moved_sightings: int


# -- leases ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class HostLease:
    """The right to send requests to one host, for a while."""

    host: str  # pace key: host name, or address:port for allow-listed loopback
    token: int
    expires_at: float  # seconds on the clock that counts sleep (pipeline.steps.clock)
    delay_seconds: float  # from the end of one response to the next request
    not_before: float  # the same clock: no request before this (pace carried over, or a taken-over lease)


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """A leased URL to fetch: a new one, or an article's to look at again."""

    url_id: int
    source: SourceFacts
    url: str
    host: str
    purpose: Purpose  # ARTICLE or RECHECK
    tries: int  # failed tries so far, spent by errors that count
    first_seen_at: datetime
    facts: tuple[Candidate, ...] = ()  # what every endpoint said of it, in order of endpoint
    validators: Validators = Validators()  # of the version at hand; rechecks only
    alone: bool = False  # has been left unfinished twice: works in a fresh child
    article_id: int | None = None  # rechecks only


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one claim handed out: a few hosts with as much due work as fits their lease."""

    token: int
    hosts: tuple[HostLease, ...]
    endpoints: tuple[Endpoint, ...]
    pages: tuple[PageRequest, ...]


# -- fetch ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Response:
    """One HTTP response, whole and decoded within its caps."""

    url: str  # that answered
    status: int
    headers: tuple[tuple[str, str], ...]  # in order, names lower case
    body: bytes  # content-encoding removed
    http_version: str  # "HTTP/1.1", "HTTP/2"
    started_at: datetime
    ended_at: datetime
    ttfb_ms: int

    def header(self, name: str) -> str | None:
        """The first header called `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One row of fetch_log: a request that was sent, and what came of it."""

    at: datetime
    purpose: Purpose
    host: str
    url: str  # redacted
    url_id: int | None = None
    endpoint_id: int | None = None
    status: int | None = None
    error: str | None = None
    http_version: str | None = None
    size: int | None = None  # decoded bytes
    ttfb_ms: int | None = None
    total_ms: int = 0
    retry_after_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Reservations seen on a page and its site: evidence, whatever is done about it."""

    robots: tuple[
        str, ...
    ] = ()  # directives of meta robots and X-Robots-Tag, most restrictive union, lower case; and no-store of Cache-Control
    tdm_reservation: bool | None = None  # TDMRep; None: nothing said
    tdm_policy: str | None = None
    origins: tuple[str, ...] = ()  # where each was seen: header, meta, file


@dataclass(frozen=True, kw_only=True)
class Page:
    """A fetched article page."""

    request: PageRequest
    response: Response
    hops: tuple[str, ...] = ()  # URLs that redirected here, first to last; empty: none
    for_good: bool = True  # every redirect was a permanent one


# -- archive -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Capture:
    """Where a response lies in the archive."""

    url_id: int
    captured_at: datetime
    status: int
    final_url: str
    content_type: str | None
    payload_sha256: bytes
    warc_file: str  # relative to the archive's root
    warc_offset: int
    warc_length: int


# -- extract -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One candidate for one field."""

    field: str
    value: str
    origin: str  # feed, news_sitemap, jsonld, opengraph, meta, microdata, html, url, header, text
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Article:
    """An article and its facts, and nothing else."""

    claimed_url: str | None  # normalised; what the page names as its canonical URL, where acceptable (urls.acceptable_canonical)
    title: str
    body: str  # paragraphs, separated by one blank line
    body_markdown: str | None = None  # the same lines with headings, quotes, lists and tables marked (GFM); None: as `body`
    published: DateClaim | None = None
    modified_at: datetime | None = None  # the publisher's claim
    modified_precision: Precision | None = None  # None where modified_at is
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None  # as printed
    agency: str | None = None
    dateline: str | None = None  # as printed: "BELGRADE, Serbia"
    place: str | None = None  # the dateline's town, as one writes it: "Belgrade"
    section: str | None = None
    tags: tuple[str, ...] = ()
    article_type: str = "news"  # news, live, opinion, video, gallery, list
    language: str | None = None
    language_confidence: float | None = None
    image_url: str | None = None
    image_caption: str | None = None  # without the credit
    image_credit: str | None = None  # who made it, as printed
    access: Access = Access.UNKNOWN
    quality: float = 1.0  # 0..1
    quality_flags: tuple[str, ...] = ()
    rights: Rights = Rights()
    evidence: tuple[Evidence, ...] = ()
    extractor: str = ""  # names version, rules hash and settings hash: equal strings give equal results

    @property
    def word_count(self) -> int:
        """Words between white space; a CJK text counts its characters' runs, see extract/quality.py for gates."""
        return len(self.body.split())


# -- load ----------------------------------------------------------------------------------------------


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
class NotModified:
    """A recheck's 304: the article is as it was."""


@dataclass(frozen=True, kw_only=True)
class MovedAway:
    """A redirect to another host: the target is queued, this URL kept as its alias."""

    target: str  # normalised
    permanent: bool


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
    moved_to: str | None = None
    moved_sightings: int = 0
    new_url: str | None = None  # the endpoint moves there for good
    retired_reason: str | None = None  # the endpoint is not polled any more
    probed: bool = False  # but looked at weekly
    host_until: datetime | None = None  # the whole host waits until then


# -- alarms ---------------------------------------------------------------------------------------------


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


# -- runs -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Run:
    """One flow run or command that works the queue."""

    run_id: UUID
    flow: str
    code_version: str
    parameters: dict[str, Any] = field(default_factory=dict)  # as given, for people


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a run has done so far; adds up."""

    polled: int = 0
    discovered: int = 0
    fetched: int = 0
    loaded: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    postponed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})
