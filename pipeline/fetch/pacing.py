"""When the next request to a host may be sent. Seconds are on the clock that leases are kept by (it counts sleep)."""

from __future__ import annotations

from pipeline.records import HostLease


def ready_at(lease: HostLease, last_end: float | None, delay_seconds: float) -> float:
    """The earliest moment for the next request: the delay runs from the end of the previous response (DESIGN 9, Pace).

    `last_end` is when this holder's last exchange ended, None before its first one; `delay_seconds` is settings.delay_seconds of the
    host's crawl-delay, which may have been read after the lease was given.
    """
    return lease.not_before if last_end is None else max(lease.not_before, last_end + delay_seconds)


def may_send(lease: HostLease, clock_now: float, deadline_seconds: float) -> bool:
    """Whether a request sent now is over before the lease is, even if it takes its total deadline (DESIGN 9, Leases)."""
    return lease.expires_at - clock_now > deadline_seconds
