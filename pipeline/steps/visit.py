"""A visit to one leased host: every request to it goes through here, paced, within the lease, allowed by robots.txt, and logged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pipeline.errors import (
    DatelineError,
    ExchangeFailedError,
    ExchangeTimeoutError,
    KeptConnectionError,
    LeaseTooShortError,
    UnsafeAddressError,
)
from pipeline.fetch.pacing import may_send, ready_at
from pipeline.fetch.response import redirect_target, retry_after
from pipeline.fetch.robots import RobotsRules, change_of
from pipeline.fetch.siterights import RightsFile
from pipeline.records import (
    Document,
    Exchange,
    Finding,
    HostLease,
    IncidentKind,
    Outcome,
    Postponed,
    Purpose,
    Refused,
    Response,
    Subject,
    Validators,
)
from pipeline.redaction import redact
from pipeline.steps.clock import lease_clock
from pipeline.steps.workplace import Workplace
from pipeline.store.robots import StoredRobots
from pipeline.urls import origin, pace_key

_ROBOTS_CAP = 1_000_000  # RFC 9309 2.5 asks for 500 KiB at least
_FILE_REDIRECTS = 5  # RFC 9309 2.3.1.2
_ROBOTS_FRESH = timedelta(hours=24)  # RFC 9309 2.4
_ROBOTS_RETRY = timedelta(minutes=30)  # an unreachable robots.txt is asked for again after this
_ROBOTS_ASKED = 2  # times, where the connection breaks before an answer
_NO_ANSWER = (ExchangeFailedError, ExchangeTimeoutError)  # a response that was cut is an answer: its host was reached
_SLOWER = 2.0  # times a host's delay, for the rest of a visit in which one of its URLs asked for quiet
_OUTAGE_PAUSE = timedelta(minutes=1)  # our own network is tried again after this
NO_VALIDATORS = Validators()


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a request is for, and its limits."""

    purpose: Purpose
    accept: str
    cap_bytes: int
    validators: Validators = NO_VALIDATORS
    url_id: int | None = None
    endpoint_id: int | None = None


class Visit:
    """One worker's stay at one host."""

    def __init__(self, workplace: Workplace, lease: HostLease) -> None:
        self.workplace = workplace
        self.lease = lease
        self.delay_seconds = lease.delay_seconds
        self.is_held = False  # the host asked for quiet: no further request is sent to it in this visit
        self.exchanges: list[Exchange] = []
        self.documents: list[Document] = []  # of endpoints, for the archive
        self._last_end: float | None = None
        self._slowness = 1.0  # times the delay
        self._rules: dict[str, RobotsRules] = {}
        self.rights_files: dict[str, Mapping[RightsFile, str]] = {}  # by origin: the texts of its files, as far as there are any

    async def send(self, url: str, ask: Ask) -> Response:
        """Send one request when the pace allows it; redirects are not followed.

        Where the server closed the idle connection just as the request went out, it is sent once more over a new one, in its own time: the
        server is well, and has not answered (RFC 9112, 9.3.1). Raises LeaseTooShortError when too little of the lease is left, and what
        Fetcher.exchange raises.
        """
        try:
            return await self._send_once(url, ask)
        except KeptConnectionError:
            return await self._send_once(url, ask)

    async def _send_once(self, url: str, ask: Ask) -> Response:
        deadline = self.workplace.settings.total_deadline_seconds
        await asyncio.sleep(max(0.0, ready_at(self.lease, self._last_end, self.delay_seconds * self._slowness) - lease_clock()))
        if not may_send(self.lease, lease_clock(), deadline):
            raise LeaseTooShortError(self.lease.host)
        started_at, started, began = self.workplace.now(), lease_clock(), self.workplace.weather.begin()
        try:
            response = await self.workplace.fetcher.exchange(
                url, validators=ask.validators, cap_bytes=ask.cap_bytes, accept=ask.accept, deadline_seconds=deadline
            )
        except DatelineError as error:
            self._ended(answered=not isinstance(error, _NO_ANSWER), began=began)
            self._log(url, ask, started_at, started, error=str(error))
            raise
        self._ended(answered=True, began=began)
        self._log(url, ask, started_at, started, response=response)
        return response

    def _ended(self, *, answered: bool, began: int) -> None:
        self._last_end = lease_clock()
        self.workplace.weather.note(self.lease.host, answered=answered, began=began)

    def excuse(self, error: DatelineError) -> Postponed | None:
        """What a failed request comes to when the trouble may be our own: the host waits a minute, and nothing is held against anybody."""
        if not isinstance(error, _NO_ANSWER) or not self.workplace.weather.excuses(self.lease.host):
            return None
        soon = self.workplace.now() + _OUTAGE_PAUSE
        return Postponed(detail=f"our own network seems to be down: {error}", retry_at=soon, spends_try=False, host_until=soon)

    def _log(self, url: str, ask: Ask, at: datetime, started: float, *, response: Response | None = None, error: str | None = None) -> None:
        wait = None if response is None else retry_after(response, at)
        self.exchanges.append(
            Exchange(
                at=at,
                purpose=ask.purpose,
                host=self.lease.host,
                url=redact(url),
                url_id=ask.url_id,
                endpoint_id=ask.endpoint_id,
                status=None if response is None else response.status,
                error=error,
                http_version=None if response is None else response.http_version,
                size=None if response is None else len(response.body),
                ttfb_ms=None if response is None else response.ttfb_ms,
                total_ms=round((lease_clock() - started) * 1000),
                retry_after_seconds=round((wait - at).total_seconds()) if wait else None,
            )
        )

    async def heed(self, url: str, reason: str, *, host_until: datetime | None, quiet_until: datetime | None) -> None:
        """See to it that what was asked of us with a URL is done: the whole host waits, or this URL does and its host is gone easier on."""
        frontier = self.workplace.frontier
        if host_until is not None:
            await asyncio.to_thread(frontier.block, self.lease, until=host_until, reason=reason)
            self.is_held = True
        elif quiet_until is not None:
            self._slowness = _SLOWER
            self.is_held |= await asyncio.to_thread(frontier.quieten, self.lease, url=redact(url), until=quiet_until, reason=reason)

    def pause_seconds(self) -> float:
        """How long the next holder of this host must wait from now on."""
        return 0.0 if self._last_end is None else max(0.0, self._last_end + self.delay_seconds * self._slowness - lease_clock())

    # -- robots.txt ------------------------------------------------------------------------------------------

    async def permit(self, url: str) -> Refused | Postponed | None:
        """None when robots.txt lets us fetch a URL of this host; else why not. Reads robots.txt first where it is not known."""
        rules = await self.rules(url)
        if isinstance(rules, Postponed):
            return rules
        if rules.allows(url, self.workplace.settings.robots_token):
            return None
        return Refused(outcome=Outcome.ROBOTS, detail="robots.txt disallows it")

    async def rules(self, url: str) -> RobotsRules | Postponed:
        """The robots.txt rules for a URL of this host; Postponed while they are out of reach (RFC 9309 2.3.1.4)."""
        where = origin(url)
        if where not in self._rules:
            now = self.workplace.now()
            known = await asyncio.to_thread(self.workplace.robots.find, where, self.lease.host, now=now)
            stored = known or await self._read_robots(where)
            if isinstance(stored, Postponed):
                return stored
            rules = RobotsRules.parse(stored.status, stored.body)
            if known is None:
                await asyncio.to_thread(self._keep, stored, rules)
            if rules.unreachable:
                said = "no answer" if stored.status is None else f"status {stored.status}"
                return Postponed(
                    detail=f"robots.txt out of reach: {said}", retry_at=stored.expires_at, spends_try=False, host_until=stored.expires_at
                )
            self._rules[where] = rules
        rules = self._rules[where]
        self.delay_seconds = self.workplace.settings.delay_seconds(rules.crawl_delay(self.workplace.settings.robots_token))
        return rules

    def _keep(self, stored: StoredRobots, rules: RobotsRules) -> None:
        """Store a robots.txt that was just read; other rules for us than before are an incident."""
        robots, token = self.workplace.robots, self.workplace.settings.robots_token
        before = robots.last(stored.origin, stored.host)
        change = change_of(RobotsRules.parse(before.status, before.body), rules, token) if before else None
        robots.save(stored, crawl_delay_seconds=rules.crawl_delay(token))
        if change is not None:
            evidence = {"origin": stored.origin, **asdict(change)}
            finding = Finding(kind=IncidentKind.ROBOTS_CHANGED, subject=Subject(host=stored.host), detail=change.detail, evidence=evidence)
            self.workplace.incidents.open([finding], now=stored.fetched_at)

    async def _read_robots(self, where: str) -> StoredRobots | Postponed:
        """An origin's robots.txt, or how it could not be had; Postponed when the trouble is our own, of which nothing is kept."""
        answer = await self._ask_for_robots(where)
        if isinstance(answer, Postponed):
            return answer
        status, body, retry_at = None, "", None
        if answer is not None:
            status, body = answer.status, answer.body.decode("utf-8", "replace").replace("\0", "")
            retry_at = retry_after(answer, self.workplace.now())
        now = self.workplace.now()
        fresh = RobotsRules.parse(status, body)
        expires_at = (retry_at or now + _ROBOTS_RETRY) if fresh.unreachable else now + _ROBOTS_FRESH
        return StoredRobots(origin=where, host=self.lease.host, status=status, body=body, fetched_at=now, expires_at=expires_at)

    async def _ask_for_robots(self, where: str) -> Response | Postponed | None:
        """What an origin answers for its robots.txt; None for nothing: that stands in the fetch log, and the rules are "out of reach".

        A connection that breaks before it has answered is no sign of a server that is down (it may just have been closed as idle), and
        would hold the whole host for half an hour: so it is asked once more (RFC 9110, 9.2.2).
        """
        ask = Ask(purpose=Purpose.ROBOTS, accept="text/plain,*/*;q=0.5", cap_bytes=_ROBOTS_CAP)
        for _ in range(_ROBOTS_ASKED):
            try:
                return await self.follow(f"{where}/robots.txt", ask)
            except (LeaseTooShortError, UnsafeAddressError):
                raise  # no robots.txt will ever be had from an unsafe address
            except DatelineError as error:
                if excuse := self.excuse(error):
                    return excuse
                if not isinstance(error, ExchangeFailedError):
                    return None
        return None

    async def follow(self, url: str, ask: Ask) -> Response:
        """A file of the site, with up to five redirects on this host; one to another host, whose lease is not ours, is the answer."""
        for _ in range(_FILE_REDIRECTS):
            response = await self.send(url, ask)
            target = redirect_target(response)
            if target is None or pace_key(target) != self.lease.host:
                return response
            url = target
        return response
