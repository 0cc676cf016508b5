"""An endpoint's week is learnt from what it publishes, and polls come when news do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.discover.intervals import Pulse, next_interval, next_rate, publications
from pipeline.discover.rhythm import busy_hours, learnt, time_until, week_of
from pipeline.records import Candidate, DateClaim, EndpointKind, Precision, Rhythm
from pipeline.settings import Settings

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTINGS = Settings(_env_file=None)
EQUAL = week_of(Rhythm())


def office(weeks: int) -> Rhythm:
    """Four entries in each hour from 8 to 16 of Monday to Friday, looked at every six hours."""
    rhythm = Rhythm()
    for step in range(weeks * 28):
        since = MONDAY + step * 6 * HOUR
        hours = [since + n * HOUR for n in range(6)]
        published = [at + minutes * HOUR / 4 for at in hours if 8 <= at.hour < 16 and at.weekday() < 5 for minutes in range(1, 4)]
        rhythm = learnt(rhythm, since, since + 6 * HOUR, published)
    return rhythm


def test_nothing_known_is_an_equal_week() -> None:
    assert set(EQUAL.hours + EQUAL.days) == {1.0}
    assert busy_hours(EQUAL, MONDAY + HOUR / 3, MONDAY + 2 * DAY) == pytest.approx(48 - 1 / 3)


def test_a_week_is_learnt() -> None:
    week = week_of(office(4))
    assert week.hours[11] > 2.5 and week.hours[2] < 0.1
    assert week.days[2] > 1.3 and week.days[6] < 0.1
    assert sum(week.hours) == pytest.approx(24) and sum(week.days) == pytest.approx(7)


def test_a_day_that_was_never_watched_is_no_quiet_day() -> None:
    five_days = Rhythm()
    for day in range(5):
        start = MONDAY + day * DAY
        five_days = learnt(five_days, start, start + DAY, [start + n * HOUR / 2 + HOUR / 4 for n in range(48)])
    assert week_of(five_days).days[6] == pytest.approx(week_of(five_days).days[0], rel=0.01)


def test_a_window_of_six_hours_says_nothing_of_the_others() -> None:
    seen = [MONDAY + 6 * HOUR + n * HOUR / 4 for n in range(24)]
    week = week_of(learnt(Rhythm(), seen[0], seen[-1], seen))
    assert max(week.hours) < 1.2


def test_counts_fade_by_half_in_four_weeks() -> None:
    rhythm = office(1)
    later = learnt(rhythm, MONDAY + 7 * DAY, MONDAY + 35 * DAY, [])
    assert sum(later.entries) == pytest.approx(sum(rhythm.entries) / 2)


def test_entries_are_placed_where_they_say_and_else_evenly() -> None:
    printed = Candidate(url="https://e.org/1", published=DateClaim(at=MONDAY + 2 * HOUR, precision=Precision.SECOND))
    day_only = Candidate(url="https://e.org/2", published=DateClaim(at=MONDAY, precision=Precision.DAY))
    old = Candidate(url="https://e.org/3", published=DateClaim(at=MONDAY - DAY, precision=Precision.SECOND))
    placed = publications([printed, day_only, old], 3, MONDAY, MONDAY + 8 * HOUR)
    assert placed == [MONDAY + 2 * HOUR, MONDAY + 2 * HOUR, MONDAY + 6 * HOUR]


def test_the_night_is_long_and_the_first_poll_comes_with_the_morning() -> None:
    pulse = Pulse(rate=1.0, week=week_of(office(4)), kind=EndpointKind.RSS, window=50)
    evening = MONDAY + 20 * HOUR

    def wait(at: datetime) -> timedelta:
        return next_interval(pulse, at, stated=timedelta(0), overflowed=None, settings=SETTINGS, jitter=0.5)

    assert wait(MONDAY + 11 * HOUR) == HOUR / 4
    assert wait(evening) > HOUR
    assert wait(MONDAY + 5 * DAY + 20 * HOUR) > wait(evening)  # the same on a Saturday
    early = MONDAY + 6.5 * HOUR
    assert early + wait(early) < MONDAY + 9 * HOUR


def test_the_rate_is_the_weeks_mean_at_any_hour_of_asking() -> None:
    week = week_of(office(4))
    rate, at = 1.0, MONDAY
    for step in range(1, 12 * 28):
        now = MONDAY + step * 6 * HOUR
        hours = [at + n * HOUR for n in range(6)]
        rate = next_rate(rate, at, sum(4 for hour in hours if 8 <= hour.hour < 16 and hour.weekday() < 5), now, week)
        at = now
        if step > 28:
            assert rate == pytest.approx(4 * 40 / 168, rel=0.15)


@given(rate=st.floats(1e-6, 1e5), after=st.timedeltas(timedelta(0), timedelta(days=400)), wanted=st.floats(0, 1e4))
def test_waiting_never_exceeds_the_most_and_brings_what_was_asked(rate: float, after: timedelta, wanted: float) -> None:
    begin, week = MONDAY + after, week_of(office(1))
    found = time_until(lambda _: wanted, rate=rate, week=week, start=begin, most=12 * HOUR)
    assert timedelta(0) <= found <= 12 * HOUR
    arrived = rate * busy_hours(week, begin, begin + found)
    assert arrived <= wanted * 1.01 + rate * 1e-5
    assert found == 12 * HOUR or arrived >= wanted * 0.99 - rate * 1e-5
