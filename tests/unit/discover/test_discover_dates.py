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


_YEARS = (1, 99, 1000, 1582, 1752, 1899, 1900, 1904, 1969, 1970, 1980, 1989, 2027, 2036, 2038, 2069, 2099, 2106, 2554, 3026, 9998, 9999)
_ABSURD = (
    *(f"{year:04d}-06-15T10:00:00Z" for year in _YEARS),
    *(f"15 Jun {year:04d} 10:00:00 GMT" for year in _YEARS),
    *(
        f"2026-{month:02d}-{day:02d}T10:00:00Z"
        for month, day in ((0, 1), (13, 1), (99, 9), (1, 0), (1, 32), (2, 29), (2, 30), (4, 31), (11, 17))
    ),
    *(
        f"2026-11-{hour}"
        for hour in ("14T25:00Z", "14T10:61Z", "14T99:99:99Z", "14T10:00:00+99:00", "14T10:00:00-25:61", "1", "31", "00", "T10:00")
    ),
    *(
        "infinity",
        "-infinity",
        "Infinity",
        "NaN",
        "null",
        "None",
        "now",
        "today",
        "tomorrow",
        "epoch",
        "undefined",
        "Invalid Date",
        "[object Object]",
    ),
    *(
        "0",
        "-1",
        "1",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "10000-01-01",
        "99999-12-31T23:59:59Z",
        "-2026-11-14",
        "+292278994-08-17",
        "1E400",
    ),
    *("253402300800", "-62135596800", "1763114709", "1763114709000", "9" * 99, "1" * 20, "14/11/2026/99", "24 Feb 2026 25:61:61 +9999"),
    *("Mon, 00 Xxx 0000 00:00:00", "Thu, 01 Jan 1970 00:00:00 +0000", "Sat, 32 Nov 2026 08:00:00 GMT", "Wed, 14 Nov 2126 08:00:00 GMT"),
    *(
        "{{ date }}",
        "%Y-%m-%d",
        "yyyy-MM-dd",
        "\N{ARABIC-INDIC DIGIT TWO}" * 4,
        "P1D",
        "R/2026-11-14",
        "--11-14",
        "Sat Nov 14 08:00:00 CET 2226",
    ),
)


def test_a_hundred_absurd_dates_are_none() -> None:
    assert len(set(_ABSURD)) >= 100
    assert {text: claim for text in _ABSURD if (claim := read_date(text, now=NOW)) is not None} == {}


def test_a_date_without_offset_is_the_sources() -> None:
    claim = read_date("2026-07-14 08:05:09", now=NOW, zone="Europe/Belgrade")
    assert claim is not None and claim.at == datetime(2026, 7, 14, 6, 5, 9, tzinfo=UTC)
    claim = read_date("14 Jul 2026 08:05:09", now=NOW, zone="Europe/Belgrade")
    assert claim is not None and claim.at == datetime(2026, 7, 14, 6, 5, 9, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    claim = read_date(text, now=NOW)
    assert claim is None or claim.at.year >= 1990
