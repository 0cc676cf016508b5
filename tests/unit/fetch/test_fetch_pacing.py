"""The pace of a host and the end of its lease."""

from __future__ import annotations

from pipeline.fetch.pacing import may_send, ready_at
from pipeline.records import HostLease

LEASE = HostLease(host="www.beacon.test", token=7, expires_at=220.0, delay_seconds=2.0, not_before=100.0)


def test_the_first_request_waits_for_what_the_lease_carries_over() -> None:
    assert ready_at(LEASE, None, 2.0) == 100.0


def test_the_delay_runs_from_the_end_of_the_last_response() -> None:
    assert ready_at(LEASE, 130.0, 2.0) == 132.0


def test_a_crawl_delay_read_meanwhile_counts() -> None:
    assert ready_at(LEASE, 130.0, 45.0) == 175.0


def test_nothing_goes_out_before_the_lease_says_so() -> None:
    assert ready_at(LEASE, 95.0, 2.0) == 100.0


def test_the_lease_left_must_exceed_the_deadline() -> None:
    assert may_send(LEASE, 189.9, 30.0)
    assert not may_send(LEASE, 190.0, 30.0)
    assert not may_send(LEASE, 500.0, 30.0)
