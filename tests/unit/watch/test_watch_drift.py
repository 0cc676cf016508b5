"""A changed template opens one incident within 20 articles; quiet days open none."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.records import PageReading, SourceReadings
from pipeline.watch.drift import BASELINE, WINDOW, fold_start, judge_drift, upper_tail

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How a source writes: shares of its pages, words, and the bursts in which its kinds of pages come."""

    a_day: float
    authors: float = 0.9
    dated: float = 1.0
    refused: float = 0.01
    words: int = 450
    spread: float = 0.5  # of the logarithm of the words
    burst: float = 0.0  # chance that a page is of the same kind (brief or story) as the one before, beyond chance
    dateline: str = ""


PROFILES = {
    "newspaper": Profile(a_day=40),
    "agency": Profile(a_day=120, authors=0.25, words=220, burst=0.8, dateline="BERLIN (xy) - "),
    "magazine": Profile(a_day=6, authors=0.97, words=1400, spread=0.7),
    "tabloid": Profile(a_day=60, authors=0.6, words=300, burst=0.7, refused=0.08),
    "paywalled": Profile(a_day=25, authors=0.8, refused=0.45, burst=0.3),
    "undated": Profile(a_day=15, dated=0.5, authors=0.3, burst=0.5),
    "broadcaster": Profile(a_day=80, authors=0.4, words=250, spread=0.9, burst=0.9, refused=0.05),
    "blog": Profile(a_day=3, authors=1.0, words=900, spread=0.9),
}


def _pages(profile: Profile, seed: int, start: datetime = START) -> Iterator[PageReading]:
    """Endless readings: briefs without authors and stories with, in bursts; fewer at night."""
    dice = random.Random(seed)
    at, brief = start, False
    while True:
        at += timedelta(days=dice.expovariate(profile.a_day) * (2.5 if at.hour < 6 else 0.8))
        if dice.random() >= profile.burst:
            brief = dice.random() >= profile.authors
        words = int(profile.words * (0.4 if brief else 1.0) * dice.lognormvariate(0, profile.spread)) + 30
        first = "".join(dice.choice("abcdefghijklmnop ") for _ in range(60))
        yield PageReading(
            at=at,
            refused=dice.random() < profile.refused,
            size=6 * words,
            dated=dice.random() < profile.dated,
            has_authors=not brief,
            start=fold_start((profile.dateline if dice.random() < 0.5 else "") + first),
        )


class Source:
    """A source whose readings come one after the other, judged after each; counts what opens and closes."""

    def __init__(self, pages: Iterator[PageReading]) -> None:
        self.pages = pages
        self.read: list[PageReading] = []
        self.since: datetime | None = None
        self.opened = self.closed = 0

    def take(self, change: Callable[[PageReading], PageReading] = lambda page: page, *, judged: bool = True) -> datetime:
        self.read = [*self.read[-(BASELINE + 10 * WINDOW) :], change(next(self.pages))]
        now = self.read[-1].at
        if judged:
            found = judge_drift([SourceReadings(source_id=1, readings=tuple(self.read), drifting_since=self.since)], now=now)
            if found.findings and self.since is None:
                self.opened += 1
                self.since = datetime.fromisoformat(found.findings[0].evidence["since"])
            elif found.healthy and self.since is not None:
                self.closed += 1
                self.since = None
        return now


CHANGES: dict[str, Callable[[PageReading], PageReading]] = {
    "dates are gone": lambda page: replace(page, dated=False),
    "authors are gone": lambda page: replace(page, has_authors=False),
    "only the first paragraph is read": lambda page: replace(page, size=min(page.size, 200)),
    "comments are read": lambda page: replace(page, size=page.size + 24_000),
    "a notice begins every text": lambda page: replace(page, start=fold_start("We value your privacy. " + page.start)),
    "nothing is read": lambda page: replace(page, refused=True),
}
# what a source never had, or had seldom, can't go missing within twenty pages
UNSEEN = {(name, "authors are gone") for name in ("agency", "broadcaster", "undated", "tabloid")} | {
    ("undated", "dates are gone"),
    ("paywalled", "nothing is read"),
}


@pytest.mark.parametrize(("name", "change"), [(name, change) for name in PROFILES for change in CHANGES if (name, change) not in UNSEEN])
def test_a_changed_template_opens_one_incident_within_twenty_articles(name: str, change: str) -> None:
    source = Source(_pages(PROFILES[name], seed=len(name) + len(change)))
    for _ in range(250):
        source.take(judged=False)
    taken = 0
    while not source.opened and taken <= WINDOW:
        source.take(CHANGES[change])
        taken += change == "nothing is read" or not source.read[-1].refused
    assert source.opened == 1 and taken <= WINDOW, (taken, name, change)
    for number in range(1, 31):
        source.take(CHANGES[change], judged=number % 10 == 0)
    assert (source.opened, source.closed) == (1, 0)
    for number in range(1, 61):
        source.take(judged=number % 10 == 0)
    assert (source.opened, source.closed) == (1, 1)


@pytest.mark.parametrize("name", PROFILES)
def test_quiet_days_open_none(name: str) -> None:
    source = Source(_pages(replace(PROFILES[name], a_day=min(PROFILES[name].a_day, 10)), seed=3))
    while source.take() < START + timedelta(days=30):
        pass
    assert len(source.read) > 80 and source.opened == 0


def test_what_lasts_a_month_is_how_the_source_is() -> None:
    source = Source(_pages(PROFILES["newspaper"], seed=1))
    for _ in range(250):
        source.take(judged=False)
    change = CHANGES["dates are gone"]
    while not source.opened:
        source.take(change)
    began = source.read[-1].at
    while source.take(change, judged=False) < began + timedelta(days=31):
        pass
    source.take(change)
    assert source.closed == 1
    for _ in range(30):
        source.take(change)
    assert source.opened == 1


def test_a_new_source_has_no_rule_to_break() -> None:
    source = Source(_pages(PROFILES["newspaper"], seed=1))
    for _ in range(110):
        source.take(CHANGES["dates are gone"])
    assert source.opened == 0


def test_the_odds_of_a_count() -> None:
    assert upper_tail(0, 20, 0.5) == 1.0
    assert upper_tail(20, 20, 0.5) == pytest.approx(0.5**20)
    assert upper_tail(1, 20, 0.1) == pytest.approx(1 - 0.9**20)
    assert upper_tail(0, 20, 0.3, 0.2) == 1.0
    assert upper_tail(20, 20, 0.5, 1e-4) == pytest.approx(0.5**20, rel=0.05)
    assert upper_tail(20, 20, 0.5, 0.3) > 1e-3  # who comes in droves comes twenty in a row
