"""Header values: what is kept, what is sent back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.headers import conditional_headers, decode_headers, is_safe_value, parse_date, parse_seconds, safe_validators
from pipeline.records import Validators

STAMP = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', "unquoted", '"with space"', '"' + "a" * 1000 + '"'])
def test_validators_are_sent_back_verbatim(etag: str) -> None:
    kept = safe_validators(etag, STAMP)
    assert conditional_headers(kept) == (("If-None-Match", etag), ("If-Modified-Since", STAMP))


@pytest.mark.parametrize("etag", ['"a\r\nX-Evil: 1"', '"a\x00"', '"ä"', '"\ud800"', " ", "", '"' + "a" * 2000 + '"', '"a\t"', "\x7f"])
def test_unsafe_validators_are_dropped_alone(etag: str) -> None:
    assert safe_validators(etag, STAMP) == Validators(last_modified=STAMP)


def test_stored_validators_are_checked_again() -> None:
    assert conditional_headers(Validators(etag="a\r\nHost: evil", last_modified="\x00")) == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_hostile_value_is_ever_sent(etag: str, last_modified: str) -> None:
    for _, value in conditional_headers(Validators(etag=etag, last_modified=last_modified)):
        assert value.isascii() and value.isprintable() and value == value.strip()


def test_response_headers_become_text() -> None:
    raw = [
        (b"ETag", b'"a"'),
        (b"Link", "<ü>".encode()),
        (b"X-Old", b"caf\xe9"),
        (b"X-Nul", b"a\x00b"),
        (b"Bad Name", b"x"),
        (b"X-Pad", b"  y "),
    ]
    assert decode_headers(raw) == (("etag", '"a"'), ("link", "<ü>"), ("x-old", "café"), ("x-pad", "y"))


@pytest.mark.parametrize("value", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
def test_the_three_forms_of_dates(value: str) -> None:
    assert parse_date(value) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "-1",
        "soon",
        "9" * 5000,
        "Sun, 06 Nov 99999 08:49:37 GMT",
        "Sun, 32 Nov 1994 25:61:61 GMT",
        "Sat, 01 Jan 12345 00:00:00 +2359",
    ],
)
def test_no_dates(value: str) -> None:
    assert parse_date(value) is None


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120), (" 7 ", 7), ("1.5", 1), ("-1", None), ("x", None), ("", None), ("9" * 5000, None)]
)
def test_seconds(value: str, seconds: int | None) -> None:
    assert parse_seconds(value) == seconds


def test_a_user_agent_is_visible_ascii() -> None:
    assert is_safe_value("Dateline/0.1 (+https://example.org/)")
    assert not is_safe_value("Datelïne")
    assert not is_safe_value("a\r\nb")
