"""Manners, counted from the servers' own log over a week: COURTESY 1 to 19, point by point.

    python bench/courtesy.py [--days 7] [--control]

Some two dozen feeds, each with a manner of its own (bench/support/manners.py), are polled by the product as it is (claims, leases,
requests, rows, all settings but the pace at their defaults), while the clock of worker and database is moved from one due poll to the next.
In the middle the worker is away for six hours, then starts anew, and twice again within minutes. Prints one table, writes
bench/results/courtesy.json, and ends with 1 when a point is violated, or when a feed was not followed: who never asks is polite. Then the
judge is judged: into the log of the same week misdeeds are put one by one (bench/support/misdeeds.py), and it has to object to each. With
--control protections are taken out of the product itself (bench/support/lapses.py), some days each, and the judge has to object to each
point that they kept.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import tempfile
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text
from support.lapses import lapses
from support.manners import Asked, Manner, Press, manners
from support.misdeeds import misdeeds
from support.moved_clock import START, MovedClock

from pipeline.records import EndpointKind, EndpointSpec, Run, SourceSpec
from pipeline.settings import Settings, load_settings
from pipeline.steps.batch import work_batch
from pipeline.steps.clock import lease_clock
from pipeline.steps.workplace import open_workplace
from pipeline.store.database import transaction
from pipeline.store.embedded import start
from pipeline.store.sources import Sources

_HERE = Path(__file__).resolve().parent
_RESULTS = _HERE / "results" / "courtesy.json"
_SHOWN = text((_HERE / "support" / "shown.sql").read_text(encoding="utf-8"))
_AWAY, _RESTART = timedelta(hours=6), timedelta(minutes=3)
_CONTACT = re.compile(r"[\w.-]+/[\d.]+ .*(?:https?://|\S@\S)")
_ROBOTS = "/robots.txt"
_PATHS = {_ROBOTS, "/feed", "/old", "/new", "/elsewhere"}


@dataclass(kw_only=True)
class Point:
    """One point of COURTESY."""

    what: str
    looked_at: int = 0
    violations: list[str] = field(default_factory=list)

    def check(self, fine: object, asked: Asked, why: str = "") -> None:
        """Look at one request."""
        self.looked_at += 1
        if not fine:
            self.violations.append(f"{asked.at:%a %H:%M:%S} {asked.host}{asked.path} {why}".strip())


@dataclass(frozen=True, kw_only=True)
class Week:
    """What was asked, and when the worker came back."""

    log: Sequence[Asked]
    back_at: datetime
    settings: Settings

    def hosts(self) -> dict[str, list[Asked]]:
        """The polls by host; robots.txt is none."""
        found: dict[str, list[Asked]] = defaultdict(list)
        for asked in self.log:
            if asked.path != _ROBOTS:
                found[asked.host].append(asked)
        return found

    def of(self, name: str) -> list[Asked]:
        """The polls of one feed."""
        return self.hosts()[f"{name}.test"]


def judge(week: Week) -> list[Point]:
    """All points."""
    judges: Sequence[Callable[[Week], Iterator[Point]]] = (_validators, _gaps, _restart, _requests, _busy, _moves, _wishes, _troubles)
    return [point for judged in judges for point in judged(week)]


def _validators(week: Week) -> Iterator[Point]:
    """Points 1 to 7, by what each host gave out."""
    unconditional, dates, tags = Point(what="1 unconditional"), Point(what="2 If-Modified-Since"), Point(what="3 If-None-Match")
    both, touched = Point(what="4 both or neither"), Point(what="5 touch, 6 one of two new, 7 new with a 304")
    for host, polls in week.hosts().items():
        now: dict[str, str] = {}
        fresh, full = False, 0
        for asked in polls:
            sent = {"ETag": asked.headers.get("if-none-match"), "Last-Modified": asked.headers.get("if-modified-since")}
            for point, name in ((tags, "ETag"), (dates, "Last-Modified")):
                if sent[name] is not None:
                    point.check(sent[name] == now.get(name), asked, f"{sent[name]}, given was {now.get(name)}")
            if asked.is_conditional:
                both.check({name for name, value in sent.items() if value is not None} == set(now), asked, f"sent {sent}, given {now}")
            else:
                full += bool(now)
            if fresh and asked.is_conditional:
                touched.check(all(sent[name] == value for name, value in now.items()), asked)
            given = {name: value for name, value in asked.reply.headers.items() if name in sent}
            fresh = host.split(".")[0] in _RENEWED and asked.reply.status in (200, 304) and given != now
            now = given if asked.reply.status == 200 else now | given if asked.reply.status == 304 else now
        allowed = len(polls) // week.settings.full_get_every + 1 if week.settings.full_get_every else 0
        unconditional.looked_at += len(polls)
        if full > allowed:
            unconditional.violations.append(f"{host}: {full} of {len(polls)} though it had given validators; {allowed} are on purpose")
    yield from (unconditional, dates, tags, both, touched)


_RENEWED = ("touched", "same-date", "same-tag", "renewing")


def _gaps(week: Week) -> Iterator[Point]:
    """Points 8 and 9."""
    floor, fresh = Point(what="8 never under the floor"), Point(what="9 max-age, Expires")
    for polls in week.hosts().values():
        for before, asked in pairwise(polls):
            if asked.at - before.at > timedelta(seconds=5):  # else the next hop of a redirect
                floor.check(
                    asked.at - before.at >= timedelta(seconds=week.settings.poll_floor_seconds - 5), asked, f"after {asked.at - before.at}"
                )
            if wait := _fresh_for(before):
                fresh.check(asked.at >= before.at + wait, asked, f"after {asked.at - before.at}")
    yield from (floor, fresh)


def _fresh_for(asked: Asked) -> timedelta | None:
    if asked.sent("Cache-Control"):
        return timedelta(seconds=5400 - 600)
    expires = asked.sent("Expires")
    return parsedate_to_datetime(expires) - asked.at if expires else None


def _restart(week: Week) -> Iterator[Point]:
    """Points 10 and 11."""
    restart, first = Point(what="10 restart: no burst, nothing forgotten"), Point(what="11 first contact: one request, no invented address")
    soon, forgotten = timedelta(minutes=10), []
    for host, polls in week.hosts().items():
        known = next((asked for asked in reversed(polls) if asked.at < week.back_at and asked.reply.status == 200), None)
        again = next((asked for asked in polls if asked.at >= week.back_at), None)
        if known and again and {"ETag", "Last-Modified"} & set(known.reply.headers) and not again.is_conditional:
            forgotten.append(f"{host}: nothing is known after the restart")
        after = [asked for asked in polls if week.back_at <= asked.at < week.back_at + soon]
        restart.looked_at += len(after)
        if len({asked.at for asked in after}) > 1:
            restart.violations.append(f"{host}: {len(after)} requests within {soon}")
        first.check(Counter(asked.path for asked in polls if asked.at < START + soon).most_common(1)[0][1] == 1, polls[0])
    restart.violations += forgotten if len(forgotten) > len(week.hosts()) / 4 else []  # else they are full requests on purpose
    for asked in week.log:
        first.check(asked.path in _PATHS, asked)
    yield from (restart, first)


def _requests(week: Week) -> Iterator[Point]:
    """Points 12 to 14, and one connection at a time of 19."""
    plain, agent = Point(what="12 no cookie, referrer, query"), Point(what="13 user agent with a contact")
    zipped, alone = Point(what="14 gzip is offered"), Point(what="19 one request at a time")
    for asked in week.log:
        plain.check(not {"cookie", "referer"} & set(asked.headers) and "?" not in asked.path, asked)
        agent.check(_CONTACT.match(asked.headers.get("user-agent", "")), asked, asked.headers.get("user-agent", "none"))
        zipped.check("gzip" in asked.headers.get("accept-encoding", ""), asked)
        alone.check(asked.beside == 0, asked)
    yield from (plain, agent, zipped, alone)


def _busy(week: Week) -> Iterator[Point]:
    """Point 16."""
    busy = Point(what="16 429 and 503: Retry-After, else slower")
    waits = {"busy-delta": timedelta(seconds=5400), "busy-date": timedelta(hours=3), "busy": timedelta(hours=1)}
    for name, wait in waits.items():
        for before, asked in pairwise(week.of(name)):
            if before.reply.status in (429, 503):
                busy.check(asked.at >= before.at + wait, asked, f"after {asked.at - before.at}")
    yield busy


def _moves(week: Week) -> Iterator[Point]:
    """Point 17."""
    moves = Point(what="17 301 and 308 move, 302 does not, 410 ends")
    for name in ("moved", "moved-away"):
        redirected = [asked for asked in week.of(name) if asked.reply.status in (301, 308)]
        moves.check(len(redirected) == 3, week.of(name)[-1], f"redirected {len(redirected)} times")
    moves.check(week.of("moved")[-1].path == "/new", week.of("moved")[-1])
    moves.check(
        all(first.path == "/feed" and second.path == "/elsewhere" for first, second in _pairs(week.of("found"))), week.of("found")[-1]
    )
    gone = [asked for asked in week.of("gone") if asked.reply.status == 410]
    moves.check(len(gone) == 1, week.of("gone")[-1], f"asked {len(gone)} times after it was gone")
    yield moves


def _pairs(asked: Sequence[Asked]) -> Iterator[tuple[Asked, Asked]]:
    return zip(asked[::2], asked[1::2], strict=False)


def _wishes(week: Week) -> Iterator[Point]:
    """Point 18."""
    wishes = Point(what="18 ttl, skipHours, skipDays, expired")
    for before, asked in pairwise(week.of("ttl")):
        wishes.check(asked.at - before.at >= timedelta(minutes=150), asked, f"after {asked.at - before.at}")
    for asked in week.of("skipping")[1:]:  # it has said nothing before the first
        wishes.check(asked.at.hour >= 6 and asked.at.weekday() != 6, asked)
    after = [asked for asked in week.of("ended") if asked.at > START + timedelta(days=2)]
    wishes.check(len(after) <= 1, week.of("ended")[-1], f"asked {len(after)} times after its end")
    yield wishes


def _troubles(week: Week) -> Iterator[Point]:
    """Point 19, what is out of reach."""
    trouble = Point(what="19 out of reach: fewer requests; robots.txt out of order: none")
    down = [asked for asked in week.of("down") if not asked.reply.status]
    gaps = [later.at - sooner.at for sooner, later in pairwise(down)]
    for (sooner, later), asked in zip(pairwise(gaps), down[2:], strict=True):
        trouble.check(later >= 0.9 * sooner, asked, f"{later} after {sooner}")
    if gaps:
        trouble.check(gaps[-1] > 3 * gaps[0], down[-1], f"{gaps[-1]} in the end, {gaps[0]} at first")
    closed = False
    for asked in week.log:
        if asked.host == "busy-robots.test":
            closed = asked.reply.status == 503 if asked.path == _ROBOTS else closed
            trouble.check(asked.path == _ROBOTS or not closed, asked)
    yield trouble


async def _live(clock: MovedClock, settings: Settings, until: datetime, at_start: Callable[[Engine], None]) -> None:
    """A worker's life until then: whatever is due is worked, and time goes by until something is."""
    at_start(clock.engine)
    run = Run(run_id=uuid.uuid4(), flow="bench", code_version="bench")
    async with open_workplace(settings, clock.engine, run.run_id, now=clock.now) as workplace:
        workplace.runs.start(run)
        while clock.now() < until:
            batch = workplace.frontier.claim(clock_now=lease_clock())
            if batch is not None:
                await work_batch(workplace, batch)
                continue
            seconds = workplace.frontier.waiting().seconds
            clock.wait(max(min(3600.0 if seconds is None else seconds, 3600.0), 1.0))


async def _week(clock: MovedClock, settings: Settings, press: Press, days: float, at_start: Callable[[Engine], None]) -> datetime:
    """Live through it; returns when the worker was back. `at_start` is done whenever it starts."""
    async with press.serving():
        Sources(clock.engine).sync([_source(manner, press.port) for manner in press.manners.values()])
        middle, end = START + timedelta(days=days / 2), START + timedelta(days=days)
        await _live(clock, settings, middle, at_start)
        clock.move(middle + _AWAY)
        back_at = clock.now()
        for until in (back_at + _RESTART, back_at + 2 * _RESTART, end):
            await _live(clock, settings, until, at_start)
    return back_at


def _source(manner: Manner, port: int) -> SourceSpec:
    home = f"http://{manner.host}:{port}"
    feed = EndpointSpec(kind=EndpointKind.RSS, url=home + manner.path)
    return SourceSpec(slug=manner.name, name=manner.name, homepage=f"{home}/", language="en", endpoints=(feed,))


def _settings(folder: Path, hosts: Sequence[str]) -> Settings:
    resolver = folder / "names.json"
    resolver.write_text(json.dumps(dict.fromkeys(hosts, "127.0.0.1")), encoding="utf-8")
    folder.chmod(0o755)
    wanted = {"allow_loopback": True, "allow_any_port": True, "ignore_pace": True, "batch_hosts": 1, "extractor_processes": 1}
    return load_settings(data_folder=folder, resolver_file=resolver, user_agent="Dateline/1 (+https://dateline.test/bot)", **wanted)


def measure(days: float, at_start: Callable[[Engine], None] = lambda _: None) -> tuple[Week, dict[str, int], list[Manner]]:
    """The week, how many entries were shown by host, and who published. `at_start` is done whenever the worker starts."""
    random.seed(1)  # the jitter of polls
    feeds = manners(START)
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        settings = _settings(Path(folder), [manner.host for manner in feeds])
        with start(settings) as postgres:
            clock = MovedClock(postgres.connection_url(postgres.database))
            press = Press(feeds, clock.now)
            back_at = asyncio.run(_week(clock, settings, press, days, at_start))
            with transaction(clock.engine) as connection:
                shown = {row.host: row.entries for row in connection.execute(_SHOWN)}
            clock.engine.dispose()
    return Week(log=press.log, back_at=back_at, settings=settings), shown, feeds


def followed(week: Week, shown: dict[str, int], feeds: Sequence[Manner]) -> Point:
    """Whether politeness cost entries: of feeds that let themselves be read, all are there but those of the last poll's interval."""
    point = Point(what="entries of feeds that could be read are there")
    end = week.log[-1].at
    for manner in feeds:
        if manner.name not in ("moved-away", "gone", "ended", "same-tag", "down", "busy-robots", "moved", "skipping"):
            known = sum(count for host, count in shown.items() if host.partition(":")[0] == manner.host)
            wanted = manner.version(end - timedelta(hours=12)) + 10
            point.check(known >= wanted, week.of(manner.name)[-1], f"{known} of {wanted}")
    return point


def overlooked(week: Week) -> list[str]:
    """The points to whose misdeed the judge does not object."""
    clean = {point.what: len(point.violations) for point in judge(week)}
    missed = []
    for misdeed in misdeeds(week.back_at):
        found = {point.what: len(point.violations) for point in judge(replace(week, log=misdeed.commit(week.log)))}
        if found[misdeed.point] <= clean[misdeed.point]:
            missed.append(misdeed.point)
    return missed + sorted(set(clean) - {misdeed.point for misdeed in misdeeds(week.back_at)})


def control() -> int:
    """Live with each lapse; prints what the judge objects to. Returns how many of the points it overlooks."""
    console, missed = Console(width=160), 0
    for lapse in lapses():
        with lapse.committed():
            week, _, _ = measure(lapse.days, lapse.at_start)
        console.print(f"{lapse.what}, {lapse.days:g} days:")
        for point in (point for point in judge(week) if point.what.startswith(tuple(lapse.points))):
            console.print(f"    {point.what}: {len(point.violations):,} violations, {point.looked_at:,} looked at")
            missed += not point.violations
    console.print(f"The judge overlooks {missed} of {sum(len(lapse.points) for lapse in lapses())} points that were not kept")
    return missed


def main() -> None:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--control", action="store_true", help="take protections out of the product: the judge must object")
    options = parser.parse_args()
    if options.control:
        sys.exit(min(control(), 1))
    week, shown, feeds = measure(options.days)
    points = [*judge(week), followed(week, shown, feeds)]
    gaps = [(later.at - sooner.at).total_seconds() for polls in week.hosts().values() for sooner, later in pairwise(polls)]
    gaps = [gap for gap in gaps if gap > 5]
    statuses = Counter(asked.reply.status for polls in week.hosts().values() for asked in polls)
    facts = {
        "requests": len(week.log),
        "polls by status": dict(sorted(statuses.items())),
        "unconditional": sum(not asked.is_conditional for polls in week.hosts().values() for asked in polls),
        "gap, seconds: least": round(min(gaps)),
        "gap, seconds: median": round(statistics.median(gaps)),
        "gaps under an hour": sum(gap < 3600 for gap in gaps),
    }
    table = Table("point", "looked at", "violations", title=f"{len(feeds)} feeds, {options.days:g} days: {facts}")
    for point in points:
        table.add_row(
            point.what, f"{point.looked_at:,}", f"{len(point.violations):,}" + "".join(f"\n{said}" for said in point.violations[:3])
        )
    missed, committed = overlooked(week), len(misdeeds(week.back_at))
    Console(width=160).print(table)
    Console().print(f"The judge overlooks {len(missed)} of {committed} misdeeds{': ' if missed else ''}{'; '.join(missed)}")
    _RESULTS.parent.mkdir(exist_ok=True)
    told = {point.what: {"looked at": point.looked_at, "violations": point.violations} for point in points}
    _RESULTS.write_text(json.dumps({"facts": facts, "points": told, "overlooked": missed}, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if missed or any(point.violations for point in points) else 0)


if __name__ == "__main__":
    main()
