"""The two clocks: wall time for what is stored, and one that counts sleep for leases."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_LOOKING_SHARE = 50  # looking how far the work is takes one part in so many of the time at the most
_LONGEST_PAUSE = 4  # times the shortest one

# Linux's CLOCK_MONOTONIC stands still while the machine sleeps, CLOCK_BOOTTIME does not; on macOS CLOCK_MONOTONIC runs on.
_LEASE_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def lease_clock() -> float:
    """Seconds on the clock that HostLease is kept by."""
    return time.clock_gettime(_LEASE_CLOCK)


def utc_now() -> datetime:
    """The moment, for rows and rules."""
    return datetime.now(UTC)


def pause_after_look(took: float, *, least: float) -> float:
    """How long to wait after a look at the work that took so many seconds: a long run's counts must not cost what its pages do."""
    return min(max(least, _LOOKING_SHARE * took), _LONGEST_PAUSE * least)
