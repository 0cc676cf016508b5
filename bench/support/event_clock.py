"""Polls simulated feeds on an event clock, with Dateline's own decisions or with a rival's, and counts."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from pipeline.discover.polling import Poll, decide_poll
from pipeline.records import (
    Candidate,
    DateClaim,
    Endpoint,
    EndpointKind,
    Hints,
    PollResult,
    Precision,
    Reading,
    Respect,
    Response,
    Rhythm,
    SourceFacts,
    Validators,
)
from pipeline.settings import Settings
from support.publishing import DAY, Feed
from support.rivals import Look, Poller

_START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
_SOURCE = SourceFacts(source_id=1, slug="bench", homepage="https://bench.test/", language=None, timezone="UTC", respect=Respect.NONE)
NEVER_POLLED = Endpoint(
    endpoint_id=1,
    source=_SOURCE,
    kind=EndpointKind.RSS,
    url="https://bench.test/feed",
    host="bench.test",
    validators=Validators(),
    body_sha256=None,
    polls=0,
    failures=0.0,
    publish_rate=0.0,
    rate_at=None,
    rhythm=Rhythm(),
    window=None,
    complete=False,
    archive_url=None,
    hints=Hints(),
    last_ok_at=None,
    retired=False,
    moved_to=None,
    moved_sightings=0,
)


@dataclass(kw_only=True)
class Count:
    """What happened in a span of the simulation."""

    requests: int = 0
    delays: list[float] = field(default_factory=list)  # of entries seen, from publication, in hours
    lost: int = 0  # entries that left the window unseen
    lost_slow: int = 0  # of them, those that stood in it for as long as the shortest interval that politeness allows, or longer

    def mean_minutes(self) -> float:
        """The mean delay."""
        return 60 * sum(self.delays) / len(self.delays)

    def p95_minutes(self) -> float:
        """The delay that one entry in twenty exceeds."""
        return 60 * sorted(self.delays)[int(len(self.delays) * 0.95)]


@dataclass(frozen=True, kw_only=True)
class Span:
    """What is counted: requests sent, and entries published, in days from `start` to `end`."""

    start: float
    end: float

    def holds(self, hours: float) -> bool:
        """Whether a moment lies in it."""
        return self.start * DAY <= hours < self.end * DAY


class Dateline:
    """Dateline's schedule: each poll is decided by the product, `pipeline.discover.polling.decide_poll`."""

    def __init__(self, settings: Settings, chance: random.Random) -> None:
        self._settings, self._chance = settings, chance
        self._endpoint = NEVER_POLLED

    def wait(self, look: Look) -> float:
        """Hours until the next poll."""
        now = _START + timedelta(hours=look.at)
        read = bool(look.new) or self._endpoint.last_ok_at is None
        poll = Poll(
            endpoint=self._endpoint,
            answer=_OK if read else _NOT_MODIFIED,
            reading=Reading(kind=EndpointKind.RSS, candidates=tuple(map(_candidate, reversed(look.listed)))) if read else None,
            new_entries=look.new,
            now=now,
            jitter=self._chance.random(),
        )
        result = decide_poll(poll, self._settings)
        self._endpoint = _after(result)
        return (result.next_poll_at - now) / timedelta(hours=1)


def _response(status: int) -> Response:
    return Response(
        url=NEVER_POLLED.url,
        status=status,
        headers=(),
        body=b"",
        http_version="HTTP/1.1",
        started_at=_START,
        ended_at=_START,
        ttfb_ms=1,
    )


_OK, _NOT_MODIFIED = _response(200), _response(304)


@lru_cache(maxsize=10_000)
def _candidate(moment: float) -> Candidate:
    return Candidate(
        url=f"https://bench.test/{moment}", published=DateClaim(at=_START + timedelta(hours=moment), precision=Precision.SECOND)
    )


def _after(result: PollResult) -> Endpoint:
    """The endpoint as the store would hand it out next."""
    return replace(
        result.endpoint,
        polls=result.endpoint.polls + 1,
        publish_rate=result.publish_rate,
        rate_at=result.rate_at,
        rhythm=result.rhythm,
        window=result.endpoint.window if result.window is None else result.window,
        last_ok_at=result.polled_at,
    )


def run(
    feeds: Sequence[Feed], make: Callable[[random.Random], Poller], spans: Sequence[Span], *, days: int, least_hours: float, seed: int
) -> list[Count]:
    """Poll all feeds for `days` days, each with a schedule of its own; a count for each span."""
    counts = [Count() for _ in spans]
    for number, feed in enumerate(feeds):
        chance = random.Random(f"{seed}:{number}:poller")
        _follow(feed, make(chance), list(zip(spans, counts, strict=True)), first=chance.random(), days=days, least_hours=least_hours)
    return counts


def _follow(feed: Feed, poller: Poller, spans: Sequence[tuple[Span, Count]], *, first: float, days: int, least_hours: float) -> None:
    published, at = feed.published, first
    seen: int | None = None  # entries published until the last poll
    while at < days * DAY:
        out = bisect_right(published, at)
        shown_from = max(out - feed.window, 0)
        new_from = max(seen or 0, shown_from)
        for span, count in spans:
            count.requests += span.holds(at)
            if seen is not None:
                count.delays += [at - moment for moment in published[new_from:out] if span.holds(moment)]
                gone = [index for index in range(seen, new_from) if span.holds(published[index])]
                count.lost += len(gone)
                count.lost_slow += sum(published[index + feed.window] - published[index] >= least_hours for index in gone)
        look = Look(at=at, listed=published[shown_from:out], new=out - new_from)
        seen = out
        at += poller.wait(look)
