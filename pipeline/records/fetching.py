"""What is asked for under a lease, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.records.discovery import Candidate, Endpoint, Validators
from pipeline.records.sources import SourceFacts
from pipeline.records.terms import Outcome, Purpose

NOT_TO_BE_SHOWN = "not to be shown"  # begins the detail of a refusal for the rights of the page itself: noindex, unavailable_after


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
    host_until: datetime | None = None  # the whole host waits until then (429, robots.txt unreachable, our own outage)
    quiet_until: datetime | None = None  # this URL was asked to wait until then (503); its host waits when another of its URLs is too


@dataclass(frozen=True, kw_only=True)
class HostLease:
    """The right to send requests to one host, for a while."""

    host: str  # pace key: host name, or address:port for allow-listed loopback
    token: int
    expires_at: float  # seconds on the clock that counts sleep (pipeline.steps.clock)
    delay_seconds: float  # from the end of one response to the next request
    not_before: float  # the same clock: no request before this (pace carried over, or a taken-over lease)


@dataclass(frozen=True, kw_only=True)
class WarcPlace:
    """Where a response lies in the archive."""

    warc_file: str  # relative to the archive's root
    warc_offset: int
    warc_length: int


@dataclass(frozen=True, kw_only=True)
class Reread:
    """An archived response that is read again in place of a request."""

    capture_id: int
    place: WarcPlace


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
    read_by: str | None = None  # the extractor of the article as it is; rechecks only
    reread: Reread | None = None  # a refused page that is taken up again; None: it is fetched


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one claim handed out: a few hosts with as much due work as fits their lease."""

    token: int
    hosts: tuple[HostLease, ...]
    endpoints: tuple[Endpoint, ...]
    pages: tuple[PageRequest, ...]


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
class SiteRights:
    """What the files of a site reserve for one URL of it (pipeline/fetch/siterights.py)."""

    tdm_reservation: bool | None = None  # /.well-known/tdmrep.json; None: nothing said
    tdm_policy: str | None = None
    ai_txt: bool | None = None  # whether /ai.txt keeps AI from its pages; None: nothing said
    ai_robots: tuple[str, ...] = ()  # robots of AI that robots.txt names and keeps from it


@dataclass(frozen=True, kw_only=True)
class Rights:
    """Reservations seen on a page and its site: evidence, whatever is done about it."""

    # directives of meta robots and X-Robots-Tag, most restrictive union, lower case; and no-store of Cache-Control
    robots: tuple[str, ...] = ()
    tdm_reservation: bool | None = None  # TDMRep; None: nothing said
    tdm_policy: str | None = None
    ai_txt: bool | None = None  # whether the site's ai.txt keeps AI from its pages; None: nothing said
    ai_robots: tuple[str, ...] = ()  # robots of AI that robots.txt names and keeps from the page
    origins: tuple[str, ...] = ()  # where any of it was seen: header, meta, tdmrep.json, ai.txt, robots.txt


@dataclass(frozen=True, kw_only=True)
class Page:
    """A fetched article page."""

    request: PageRequest
    response: Response
    site: SiteRights = SiteRights()
    hops: tuple[str, ...] = ()  # URLs that redirected here, first to last; empty: none
    for_good: bool = True  # every redirect was a permanent one


@dataclass(frozen=True, kw_only=True)
class Document:
    """What an endpoint answered with, to be archived."""

    endpoint_id: int
    response: Response


@dataclass(frozen=True, kw_only=True)
class Capture:
    """Where a response lies in the archive: a page's, or the document of an endpoint."""

    url_id: int | None = None
    endpoint_id: int | None = None
    captured_at: datetime
    status: int
    final_url: str
    content_type: str | None
    payload_sha256: bytes
    warc_file: str  # relative to the archive's root
    warc_offset: int
    warc_length: int
