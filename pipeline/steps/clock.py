"""The clocks: the database's for what is stored and decided, one that counts sleep for leases, and this machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from pipeline.store.database import database_now

_LOOKING_SHARE = 50  # looking how far the work is takes one part in so many of the time at the most
_LONGEST_PAUSE = 4  # times the shortest one

# Linux's CLOCK_MONOTONIC stands still while the machine sleeps, CLOCK_BOOTTIME does not; on macOS CLOCK_MONOTONIC runs on.
_LEASE_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def lease_clock() -> float:
    """Seconds on the clock that HostLease is kept by."""
    return time.clock_gettime(_LEASE_CLOCK)


def utc_now() -> datetime:
    """The moment by this machine's clock, for what no table is concerned with."""
    return datetime.now(UTC)


class DatabaseClock:
    """The database's clock, as this process reckons it: called, it tells the moment, for rows and rules.

    What is due is judged by the database, so when it is due must be said by the same clock: a worker whose own is a day behind would
    else ask again and again for what it thinks is a day away, Retry-After or not (FAULTS 16). It is read once and carried on by the
    clock of leases; so setting this machine's clock meanwhile changes nothing either.
    """

    def __init__(self, at: datetime, *, read_at: float) -> None:
        """`at` is what the database's clock showed when `lease_clock` showed `read_at`."""
        self._at, self._read_at = at, read_at

    @classmethod
    def of(cls, engine: Engine) -> DatabaseClock:
        """Read it. Raises DatabaseDownError."""
        read_at = lease_clock()
        return cls(database_now(engine), read_at=read_at)

    def __call__(self) -> datetime:
        """The moment."""
        return self._at + timedelta(seconds=lease_clock() - self._read_at)


def pause_after_look(took: float, *, least: float) -> float:
    """How long to wait after a look at the work that took so many seconds: a long run's counts must not cost what its pages do."""
    return min(max(least, _LOOKING_SHARE * took), _LONGEST_PAUSE * least)
