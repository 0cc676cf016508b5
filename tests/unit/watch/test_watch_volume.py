"""Silence, drops and jumps of simulated sources: noticed in hours, and nothing noticed where nothing is wrong."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.records import Finding, IncidentKind, SourceVolume, Subject
from pipeline.watch.tails import lower_tail, probability_of_none, upper_tail
from pipeline.watch.volume import judge_volumes

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
START = datetime(2026, 8, 3, tzinfo=UTC)  # a Monday; summer time ends in week 12
ZONE = ZoneInfo("Europe/Belgrade")
BY_HOUR = (0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1, 1.5, 2, 2, 2, 1.8, 1.6, 1.6, 1.6, 1.6, 1.6, 1.4, 1.2, 1, 0.8, 0.6, 0.4, 0.3)


def published(*, per_day: float, weeks: int, seed: int = 1, factor: Callable[[datetime], float] = lambda hour: 1.0) -> dict[datetime, int]:
    """Entries by hour of an outlet that works by day, less on week-ends, and whose days differ by 25 % beyond chance."""
    chance, counts = random.Random(seed), {}
    for day in range(7 * weeks):
        mood = chance.gammavariate(16, 1 / 16)
        for hour in (START + timedelta(days=day, hours=number) for number in range(24)):
            local = hour.astimezone(ZONE)
            mean = per_day * BY_HOUR[local.hour] / sum(BY_HOUR) * (1.15 if local.weekday() < 5 else 0.6) * mood * factor(hour)
            counts[hour] = poisson(mean, chance)
    return {hour: entries for hour, entries in counts.items() if entries}


def poisson(mean: float, chance: random.Random) -> int:
    count, product = 0, chance.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * chance.random()
    return count


def judged(counts: dict[datetime, int], until: datetime, *, unwatched: frozenset[datetime] = frozenset()) -> tuple[Finding, ...]:
    known = {hour: entries for hour, entries in counts.items() if hour < until}
    volume = SourceVolume(source_id=7, timezone=ZONE.key, counts=known, read_until=until)
    return judge_volumes([volume], unwatched=unwatched).findings


def hours_until(kind: IncidentKind, counts: dict[datetime, int], since: datetime, *, most: int) -> int | None:
    """After how many hours the trouble is found; None: not within `most`."""
    return next((number for number in range(0, most, 2) if kind in {found.kind for found in judged(counts, since + number * HOUR)}), None)


@pytest.mark.parametrize("per_day", [3, 40, 200])
def test_nothing_is_found_in_quiet_weeks(per_day: float) -> None:
    counts = published(per_day=per_day, weeks=14)
    found = [judged(counts, START + 9 * WEEK + number * 19 * HOUR) for number in range(5 * 168 // 19)]
    assert [one for one in found if one] == []


@pytest.mark.parametrize(("per_day", "most"), [(40, 20), (200, 7), (10, 60)])
def test_a_source_that_falls_silent_is_missed_within_hours(per_day: float, most: int) -> None:
    stop = START + 10 * WEEK + timedelta(days=2, hours=9)  # a Wednesday morning
    counts = published(per_day=per_day, weeks=13, factor=lambda hour: float(hour < stop))
    after = hours_until(IncidentKind.SILENT, counts, stop, most=most)
    assert after
    (found,) = judged(counts, stop + 2 * WEEK)
    assert found.kind is IncidentKind.SILENT, "what lasts stays one trouble: no drop beside it"
    assert found.subject == Subject(source_id=7)
    assert "nothing since 2026-10-14" in found.detail


def test_one_entry_ends_the_silence() -> None:
    stop = START + 10 * WEEK + timedelta(days=2, hours=9)
    counts = published(per_day=40, weeks=12, factor=lambda hour: float(hour < stop))
    back = stop + timedelta(days=1)
    counts[back] = 1
    volume = SourceVolume(source_id=7, timezone=ZONE.key, counts=counts, read_until=back + HOUR)
    assert judge_volumes([volume], unwatched=frozenset()).healthy[IncidentKind.SILENT] == (Subject(source_id=7),)


def test_night_and_week_end_are_no_silence() -> None:
    counts = published(per_day=40, weeks=12, factor=lambda hour: float(hour.astimezone(ZONE).weekday() < 5))
    sunday = START + 10 * WEEK + timedelta(days=6, hours=22)
    assert sum(counts.get(sunday - number * HOUR, 0) for number in range(1, 40)) == 0
    assert judged(counts, sunday) == ()


def test_hours_in_which_we_did_not_look_are_nobodys_silence() -> None:
    stop = START + 10 * WEEK + timedelta(days=2, hours=9)
    counts = published(per_day=200, weeks=12, factor=lambda hour: float(not stop <= hour < stop + timedelta(days=1)))
    lost = frozenset(stop + number * HOUR for number in range(24))
    back = stop + timedelta(days=1)
    assert judged(counts, back, unwatched=lost) == ()
    assert judged(counts, back + 6 * HOUR, unwatched=lost) == ()
    assert judged(counts, back), "the control: watched, the same hours are a silence"


def test_a_source_that_lost_two_thirds_has_dropped() -> None:
    since = START + 10 * WEEK
    counts = published(per_day=80, weeks=14, factor=lambda hour: 1 / 3 if hour >= since else 1.0)
    after = hours_until(IncidentKind.VOLUME_DROP, counts, since, most=8 * 24)
    assert after is not None
    (found,) = judged(counts, since + 8 * 24 * HOUR)
    assert found.evidence["entries"] < found.evidence["expected"] / 2


def test_a_source_that_lists_everything_again_has_jumped() -> None:
    since = START + 10 * WEEK
    counts = published(per_day=40, weeks=12, factor=lambda hour: 6.0 if hour >= since else 1.0)
    after = hours_until(IncidentKind.VOLUME_JUMP, counts, since, most=36)
    assert after is not None
    assert {found.kind for found in judged(counts, since + 36 * HOUR)} == {IncidentKind.VOLUME_JUMP}


def test_one_dead_and_one_mad_day_do_not_bend_the_rule() -> None:
    dead, mad = START + 6 * WEEK, START + 7 * WEEK + timedelta(days=3)
    factors = {dead.date(): 0.0, mad.date(): 10.0}
    counts = published(per_day=40, weeks=12, factor=lambda hour: factors.get(hour.date(), 1.0))
    assert [found for number in range(12) for found in judged(counts, START + 9 * WEEK + number * 29 * HOUR)] == []
    stop = START + 10 * WEEK + timedelta(days=3, hours=8)
    silent = {hour: entries for hour, entries in counts.items() if hour < stop}
    assert hours_until(IncidentKind.SILENT, silent, stop, most=36) is not None


def test_a_source_without_a_fortnight_behind_it_is_not_judged() -> None:
    counts = published(per_day=40, weeks=1)
    verdicts = judge_volumes(
        [
            SourceVolume(source_id=7, timezone="UTC", counts=counts, read_until=START + WEEK),
            SourceVolume(source_id=8, timezone="UTC", counts={}, read_until=None),
        ],
        unwatched=frozenset(),
    )
    assert verdicts.findings == ()
    assert all(subjects == () for subjects in verdicts.healthy.values()), "in doubt, what is open stays open"


@pytest.mark.parametrize(("mean", "size"), [(0.5, 0.5), (4.0, 25.0), (90.0, 3.0), (300.0, 175.0)])
def test_the_tails_are_those_of_the_distribution(mean: float, size: float) -> None:
    def mass(count: int) -> float:
        chosen = math.lgamma(size + count) - math.lgamma(size) - math.lgamma(count + 1)
        return math.exp(chosen + size * math.log(size / (size + mean)) + count * math.log(mean / (size + mean)))

    below, above = int(mean / 3), int(mean * 3) + 1
    assert lower_tail(below, mean, size) == pytest.approx(sum(mass(count) for count in range(below + 1)), rel=1e-6)
    assert upper_tail(above, mean, size) == pytest.approx(sum(mass(count) for count in range(above, above + 20_000)), rel=1e-6)
    assert probability_of_none(mean, size) == pytest.approx(mass(0))
    assert lower_tail(math.ceil(mean), mean, size) == upper_tail(math.floor(mean), mean, size) == 1.0
