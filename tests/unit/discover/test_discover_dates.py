"""Dates as feeds print them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.discover.dates import read_date
from pipeline.records import DateClaim, Precision

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = Precision.SECOND, Precision.MINUTE, Precision.DAY


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("Sat, 14 Nov 2026 08:05:09 +0200", datetime(2026, 11, 14, 6, 5, 9, tzinfo=UTC), SECOND),
        ("Sat, 14 Nov 2026 08:05 GMT", datetime(2026, 11, 14, 8, 5, tzinfo=UTC), MINUTE),
        ("14 Nov 26 08:05:09 EST", datetime(2026, 11, 14, 13, 5, 9, tzinfo=UTC), SECOND),
        ("Sat, 14 Nov 2026 08:05:09 CEST", datetime(2026, 11, 14, 6, 5, 9, tzinfo=UTC), SECOND),
        ("Sat, 14 Nov 2026 08:05:09 IST", datetime(2026, 11, 14, 2, 35, 9, tzinfo=UTC), SECOND),
        ("Sat, 14 Nov 2026", datetime(2026, 11, 14, tzinfo=UTC), DAY),
        ("2026-11-14", datetime(2026, 11, 14, tzinfo=UTC), DAY),
        ("2026-11-14T08:05Z", datetime(2026, 11, 14, 8, 5, tzinfo=UTC), MINUTE),
        ("2026-11-14T08:05:09.1234567+01:00", datetime(2026, 11, 14, 7, 5, 9, tzinfo=UTC), SECOND),
        ("2026-11-14 08:05:09 +0100", datetime(2026, 11, 14, 7, 5, 9, tzinfo=UTC), SECOND),
        ("20261114T080509Z", datetime(2026, 11, 14, 8, 5, 9, tzinfo=UTC), SECOND),
        ("2026-11-13T24:00:00Z", datetime(2026, 11, 14, tzinfo=UTC), SECOND),
        ("2026-11-14T08:05:60Z", datetime(2026, 11, 14, 8, 5, 59, tzinfo=UTC), SECOND),
        ("\n  2026-11-14\t", datetime(2026, 11, 14, tzinfo=UTC), DAY),
    ],
)
def test_printed_dates(text: str, at: datetime, precision: Precision) -> None:
    assert read_date(text, now=NOW) == DateClaim(at=at, precision=precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-40",
        "2026-02-30T10:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2099-01-01",
        "2026-11-17T13:00Z",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "2026-11-14T08:05:09+99:99",
        "2026-11-14T25:00Z",
        "9" * 500,
        "2026",
    ],
)
def test_no_date_or_no_plausible_one(text: str) -> None:
    assert read_date(text, now=NOW) is None


def test_a_date_without_offset_is_the_sources() -> None:
    claim = read_date("2026-07-14 08:05:09", now=NOW, zone="Europe/Belgrade")
    assert claim is not None and claim.at == datetime(2026, 7, 14, 6, 5, 9, tzinfo=UTC)
    claim = read_date("14 Jul 2026 08:05:09", now=NOW, zone="Europe/Belgrade")
    assert claim is not None and claim.at == datetime(2026, 7, 14, 6, 5, 9, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    claim = read_date(text, now=NOW)
    assert claim is None or claim.at.year >= 1990
