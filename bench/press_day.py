"""A day of the simulated press on an event clock: requests per new article, and the delay from publication to row.

    python bench/press_day.py [--days 1] [--articles 16] [--outlets 26] [--seeds 1,2]

The press answers from its desk, as it would on the air; documents are read and polls decided by the product; only time is made: a request
takes half a second, the next one to its host waits for the pace, and a row is there five seconds after its page. The last day
counts; days before it are for learning the outlets' habits. Rechecks are left out: their number is a budget. Prints one table, and writes
bench/results/press_day.json.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from support.event_clock import NEVER_POLLED

from newsroom.channel import Reply
from newsroom.desk import Desk
from newsroom.outlets import host_names, load_outlets, with_origins
from newsroom.press import Press
from newsroom.records import Outlet
from newsroom.render import template_names
from newsroom.script import PageKind, Script
from newsroom.server import reply_to
from newsroom.sources import source_spec
from pipeline.discover.document import read_document
from pipeline.discover.polling import Poll, decide_poll, request_validators
from pipeline.headers import conditional_headers
from pipeline.records import Endpoint, EndpointSpec, PollResult, Reading, Respect, Response, SourceFacts, Validators
from pipeline.settings import Settings
from pipeline.urls import normalise

_RESULTS = Path(__file__).resolve().parent / "results" / "press_day.json"
_START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
_REQUEST = timedelta(seconds=0.5)
_LOADED_AFTER = timedelta(seconds=5)  # a page's wait for its chunk, at the most
_DAY = timedelta(days=1)
_NOTHING = Validators()
_FILES = 3  # robots.txt, tdmrep.json and ai.txt: once a day and host


@dataclass(kw_only=True)
class Day:
    """What is counted, over the last day."""

    since: datetime
    requests: Counter[str] = field(default_factory=Counter)  # by purpose
    delays: list[float] = field(default_factory=list)  # of articles published that day, from publication to row, in minutes
    published: int = 0

    def ask(self, purpose: str, at: datetime) -> None:
        """Count a request."""
        self.requests[purpose] += at >= self.since


class Reader:
    """Dateline on the event clock: endpoints in order of their next polls."""

    def __init__(self, press: Press, settings: Settings, *, seed: int, day: Day) -> None:
        self._press, self._desk, self._settings, self._day = press, Desk(press), settings, day
        self._chance = random.Random(seed)
        self._hosts = {outlet.host(edition): (outlet, edition) for outlet in press.outlets.values() for edition in outlet.editions}
        self._free_at: dict[str, datetime] = defaultdict(lambda: _START)
        self._shown: dict[int, set[str]] = defaultdict(set)  # by endpoint
        self._known: set[str] = set()  # URLs of pages
        self._due: list[tuple[datetime, int]] = []
        self._endpoints: dict[int, Endpoint] = {}
        self._loaded: set[int] = set()  # articles, by seed
        for outlet in press.outlets.values():
            self._add(source_spec(outlet).endpoints, outlet, _START)

    def _add(self, specs: Sequence[EndpointSpec], outlet: Outlet, at: datetime) -> None:
        source = SourceFacts(
            source_id=1, slug=outlet.slug, homepage=outlet.origin() + "/", language=outlet.language, timezone="UTC", respect=Respect.NONE
        )
        for spec in specs:
            if all(endpoint.url != spec.url for endpoint in self._endpoints.values()):
                number = len(self._endpoints)
                self._endpoints[number] = _new(number, spec, source)
                heapq.heappush(self._due, (at, number))

    def run(self, until: datetime) -> None:
        """Poll what is due, and fetch what is new."""
        while self._due and self._due[0][0] < until:
            at, number = heapq.heappop(self._due)
            for life in self._press.advance(at):
                self._day.published += life.published_at >= self._day.since and life.kind is PageKind.ARTICLE
            result = self._poll(self._endpoints[number], at)
            self._endpoints[number] = _after(result)
            heapq.heappush(self._due, (result.next_poll_at, number))
            self._add(result.children, self._hosts[_host(result.endpoint.url)][0], at)
            for candidate in result.candidates:
                if candidate.url not in self._known:
                    self._known.add(candidate.url)
                    self._fetch(candidate.url, result.polled_at)

    def _poll(self, endpoint: Endpoint, at: datetime) -> PollResult:
        response = self._ask("poll", endpoint.url, at, request_validators(endpoint, self._settings))
        reading = self._read(endpoint, response)
        unseen = {candidate.url for candidate in reading.candidates} - self._shown[endpoint.endpoint_id] if reading else set()
        self._shown[endpoint.endpoint_id] |= unseen
        poll = Poll(
            endpoint=endpoint,
            answer=response,
            reading=reading,
            new_entries=len(unseen),
            now=response.ended_at,
            jitter=self._chance.random(),
        )
        return decide_poll(poll, self._settings)

    def _read(self, endpoint: Endpoint, response: Response) -> Reading | None:
        if response.status != 200 or sha256(response.body).digest() == endpoint.body_sha256:
            return None
        return read_document(
            endpoint.kind,
            response.body,
            url=response.url,
            content_type=response.header("content-type"),
            now=response.ended_at,
            homepage=endpoint.source.homepage,
        )

    def _fetch(self, url: str, at: datetime) -> None:
        """Fetch a page, redirects followed; the row of an article is there a little later."""
        response = self._ask("page", url, at)
        for _ in range(5):
            target = response.header("location")
            if response.status != 301 or target is None:
                break
            response = self._ask("page", normalise(target), response.ended_at)
        outlet, _ = self._hosts[_host(response.url)]
        place = self._press.place(outlet.slug, urlsplit(response.url).path)
        if place is not None and response.status == 200 and place.life.kind is PageKind.ARTICLE:
            row_at = response.ended_at + _LOADED_AFTER
            if place.life.published_at >= self._day.since and place.life.seed not in self._loaded:
                self._loaded.add(place.life.seed)
                self._day.delays.append((row_at - place.life.published_at).total_seconds() / 60)

    def _ask(self, purpose: str, url: str, at: datetime, validators: Validators = _NOTHING) -> Response:
        host = _host(url)
        outlet, edition = self._hosts[host]
        started = max(at, self._free_at[host])
        ended = started + _REQUEST
        self._free_at[host] = ended + timedelta(seconds=self._settings.delay_seconds(outlet.crawl_delay))
        self._day.ask(purpose, started)
        answer = self._desk.answer(outlet, edition, urlsplit(url).path, started)
        asked = {name.lower(): value for name, value in conditional_headers(validators)}
        reply = reply_to(answer, asked) if purpose == "poll" else Reply(status=answer.status, headers=answer.headers)
        when = {"started_at": started, "ended_at": ended}
        return Response(url=url, status=reply.status, headers=reply.headers, body=reply.body, http_version="HTTP/1.1", ttfb_ms=1, **when)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _new(number: int, spec: EndpointSpec, source: SourceFacts) -> Endpoint:
    return replace(NEVER_POLLED, endpoint_id=number, source=source, kind=spec.kind, url=spec.url, host=_host(spec.url))


def _after(result: PollResult) -> Endpoint:
    """The endpoint as the store would hand it out next."""
    before = result.endpoint
    return replace(
        before,
        polls=before.polls + 1,
        kind=result.kind or before.kind,
        validators=result.validators or before.validators,
        body_sha256=result.body_sha256 or before.body_sha256,
        failures=result.failures,
        publish_rate=result.publish_rate,
        rate_at=result.rate_at or before.rate_at,
        rhythm=result.rhythm,
        window=before.window if result.window is None else result.window,
        hints=result.hints or before.hints,
        last_ok_at=result.polled_at if result.ok else before.last_ok_at,
    )


def measure(seed: int, *, days: int, articles: int, outlets: int) -> dict[str, float]:
    """One press for so many days; the figures of the last one."""
    chosen = load_outlets(template_names())[:outlets]
    ports = {host: 8_000 + number for number, host in enumerate(host_names(chosen))}
    press = Press(Script(seed=seed, start=_START, articles=articles, calm=True), [with_origins(outlet, ports) for outlet in chosen])
    day = Day(since=_START + (days - 1) * _DAY)
    Reader(press, Settings(), seed=seed, day=day).run(_START + days * _DAY)
    day.requests["files"] = _FILES * len(ports)
    delays = sorted(day.delays)
    return {
        "articles published": day.published,
        "of them loaded": len(delays),
        **{f"requests: {purpose}": count for purpose, count in sorted(day.requests.items())},
        "requests per loaded article": round(sum(day.requests.values()) / len(delays), 2),
        "polls per outlet": round(day.requests["poll"] / len(chosen), 1),
        "mean delay, minutes": round(sum(delays) / len(delays), 2),
        "p95 delay, minutes": round(delays[int(len(delays) * 0.95)], 2),
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--articles", type=int, default=16, help="of each outlet at the start")
    parser.add_argument("--outlets", type=int, default=26, help="the first ones of the press")
    parser.add_argument("--seeds", default="1,2")
    options = parser.parse_args()
    results = {
        seed: measure(int(seed), days=options.days, articles=options.articles, outlets=options.outlets) for seed in options.seeds.split(",")
    }
    names = list(dict.fromkeys(name for result in results.values() for name in result))
    table = Table("", *(f"seed {seed}" for seed in results))
    for name in names:
        table.add_row(name, *(str(result[name]) for result in results.values()))
    Console().print(table)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
