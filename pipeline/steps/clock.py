"""The two clocks: wall time for what is stored, and one that counts sleep for leases."""

from __future__ import annotations

import time
from datetime import UTC, datetime

# Linux's CLOCK_MONOTONIC stands still while the machine sleeps, CLOCK_BOOTTIME does not; on macOS CLOCK_MONOTONIC runs on.
_LEASE_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def lease_clock() -> float:
    """Seconds on the clock that HostLease is kept by."""
    return time.clock_gettime(_LEASE_CLOCK)


def utc_now() -> datetime:
    """The moment, for rows and rules."""
    return datetime.now(UTC)
