"""How often an endpoint publishes, and how long the next poll waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.discover.intervals import Pulse, back_off, first_rate, next_interval, next_rate, outside_skipped
from pipeline.discover.rhythm import Week, week_of
from pipeline.records import Candidate, DateClaim, EndpointKind, Hints, Precision, Rhythm
from pipeline.settings import Settings

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
SETTINGS = Settings(_env_file=None)
EQUAL = week_of(Rhythm())


def test_the_rate_settles_at_what_is_published() -> None:
    rate, at = 0.0, NOW
    for step in range(1, 24 * 60):
        rate, at = next_rate(rate, at, 2, NOW + step * HOUR, EQUAL), NOW + step * HOUR
    assert rate == pytest.approx(2.0, rel=0.01)
    assert next_rate(rate, at, 0, at + 7 * DAY, EQUAL) == pytest.approx(rate / 2)


def test_the_first_rate_comes_from_the_dates() -> None:
    hourly = [Candidate(url=f"https://e.org/{n}", published=DateClaim(at=NOW - n * HOUR, precision=Precision.SECOND)) for n in range(1, 25)]
    assert first_rate(hourly, NOW) == pytest.approx(1.0)
    undated, old = Candidate(url="https://e.org/a"), DateClaim(at=NOW - 100 * DAY, precision=Precision.SECOND)
    assert first_rate([undated] * 10, NOW) == 0.0
    assert first_rate([*hourly, *[replace(undated, published=old)] * 5], NOW) == pytest.approx(24 / 168)


def interval(
    rate: float, *, window: int | None = 50, stated: timedelta = timedelta(0), overflowed: timedelta | None = None, week: Week = EQUAL
) -> timedelta:
    pulse = Pulse(rate=rate, week=week, kind=EndpointKind.RSS, window=window)
    return next_interval(pulse, NOW, stated=stated, overflowed=overflowed, settings=SETTINGS, jitter=0.5)


def test_intervals() -> None:
    assert interval(1 / 16) == HOUR
    assert interval(1 / 4) == HOUR / 2
    assert interval(1.0) == HOUR / 4
    assert interval(1000.0, window=None) == 15 * MINUTE
    assert interval(0.0) == 12 * HOUR
    assert interval(30.0, window=20) == 10 * MINUTE  # 20 entries last 40 minutes: a quarter of that, under the floor
    assert interval(1000.0, window=10) == 5 * MINUTE
    assert interval(1.0, overflowed=20 * MINUTE) == 10 * MINUTE
    assert interval(100.0, window=200, stated=5 * MINUTE) == 10 * MINUTE  # the publisher's own figure is under our floor
    assert interval(1000.0, window=10, stated=HOUR) >= HOUR


@given(
    rate=st.floats(0, 1e6),
    window=st.none() | st.integers(0, 50_000),
    stated=st.timedeltas(timedelta(0), DAY),
    jitter=st.floats(0, 1, exclude_max=True),
    kind=st.sampled_from(list(EndpointKind)),
    overflowed=st.none() | st.timedeltas(timedelta(0), DAY),
)
def test_intervals_stay_within_their_bounds(
    *, rate: float, window: int | None, stated: timedelta, jitter: float, kind: EndpointKind, overflowed: timedelta | None
) -> None:
    pulse = Pulse(rate=rate, week=EQUAL, kind=kind, window=window)
    found = next_interval(pulse, NOW, stated=stated, overflowed=overflowed, settings=SETTINGS, jitter=jitter)
    assert max(5 * MINUTE, stated) <= found <= max(12 * HOUR * 1.1, stated * 1.1)


def test_back_off_doubles_up_to_its_limit() -> None:
    assert back_off(0.5, 0.5, SETTINGS) == 30 * MINUTE
    assert back_off(1.0, 1.0, SETTINGS) == HOUR
    assert back_off(100.0, 0.25, SETTINGS) == 12 * HOUR
    assert back_off(100.0, 0.5, SETTINGS) == DAY
    assert back_off(100.0, 1.0, SETTINGS) == 7 * DAY


def test_skipping_everything_is_a_mistake() -> None:
    assert outside_skipped(NOW, Hints(skip_hours=frozenset(range(24)))) == NOW
    assert outside_skipped(NOW, Hints(skip_days=frozenset(range(7)))) == NOW
    assert outside_skipped(NOW, Hints(skip_days=frozenset({0, 1}))) == datetime(2026, 11, 18, tzinfo=UTC)
