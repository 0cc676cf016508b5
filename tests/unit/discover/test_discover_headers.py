"""What headers say to a poller."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.discover.headers import freshness, refreshed, retry_after, validators_of
from pipeline.records import Response, Validators

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


def response(**headers: str) -> Response:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(
        url="https://e.org/", status=200, headers=pairs, body=b"", http_version="HTTP/2", started_at=NOW, ended_at=NOW, ttfb_ms=1
    )


def test_validators_are_kept_verbatim() -> None:
    both = response(etag='W/"a b"', last_modified="Sat,14 Nov 2026 bogus")
    assert validators_of(both) == Validators(etag='W/"a b"', last_modified="Sat,14 Nov 2026 bogus")


@pytest.mark.parametrize("etag", ['"a"\r\nX-Evil: 1', '"é"', '"\x00"', "", '"' + "x" * 2000 + '"'])
def test_validators_that_cant_be_sent_back_count_as_none(etag: str) -> None:
    assert validators_of(response(etag=etag)).etag is None


def test_a_304_updates_the_validators_that_it_carries() -> None:
    kept = Validators(etag='"1"', last_modified="Mon")
    assert refreshed(kept, response()) == kept
    assert refreshed(kept, response(etag='"2"')) == Validators(etag='"2"', last_modified="Mon")


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, 0),
        ({"cache_control": "public, Max-Age=600"}, 600),
        ({"cache_control": "s-maxage=9, max-age=600", "age": "100"}, 500),
        ({"cache_control": "max-age=60", "age": "100"}, 0),
        ({"cache_control": "max-age=31536000"}, 86_400),
        ({"expires": "Sun, 15 Nov 2026 12:10:00 GMT"}, 600),
        ({"expires": "Sun, 15 Nov 2026 12:10:00 GMT", "date": "Sun, 15 Nov 2026 12:05:00 GMT"}, 300),
        ({"expires": "0"}, 0),
        ({"expires": "-1", "cache_control": "no-cache"}, 0),
    ],
)
def test_freshness(headers: dict[str, str], fresh: int) -> None:
    assert freshness(response(**headers)) == timedelta(seconds=fresh)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("1", 60),
        ("999999999999", 86_400),
        ("Sun, 15 Nov 2026 13:00:00 GMT", 3600),
        ("Sunday, 15-Nov-26 13:00:00 GMT", 3600),
        ("Sun Nov 15 13:00:00 2026", 3600),
        ("Sat, 14 Nov 2026 13:00:00 GMT", 60),
    ],
)
def test_retry_after(value: str, seconds: int) -> None:
    assert retry_after(response(retry_after=value), NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "Sun, 99 Nov 2026", "٣"])
def test_no_retry_after(value: str) -> None:
    assert retry_after(response(retry_after=value), NOW) is None
