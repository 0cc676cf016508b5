"""Questions about a response, and what becomes of a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import (
    BodyTooLargeError,
    BodyUndecodableError,
    DatelineError,
    ExchangeFailedError,
    ExchangeTimeoutError,
    UnsafeAddressError,
    UnsafeUrlError,
)
from pipeline.fetch.content import ContentKind, content_kind
from pipeline.fetch.response import (
    back_off,
    is_permanent,
    judge_failure,
    judge_page,
    redirect_target,
    retry_after,
    validators,
)
from pipeline.records import Outcome, PageRequest, Postponed, Purpose, Refused, Respect, Response, SourceFacts, Validators
from pipeline.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = SourceFacts(source_id=1, slug="beacon", homepage="https://www.beacon.test/", language="en", timezone="UTC", respect=Respect.NONE)
REQUEST = PageRequest(
    url_id=1, source=SOURCE, url="https://www.beacon.test/1", host="www.beacon.test", purpose=Purpose.ARTICLE, tries=0, first_seen_at=NOW
)
HTML = b"<!doctype html><title>A page</title><p>Text"


def _response(status: int = 200, *, body: bytes = HTML, **headers: str) -> Response:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(
        url=REQUEST.url, status=status, headers=fields, body=body, http_version="HTTP/1.1", started_at=NOW, ended_at=NOW, ttfb_ms=5
    )


def _judge(response: Response, request: PageRequest = REQUEST) -> Refused | Postponed | None:
    return judge_page(response, request, NOW, Settings())


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/2", "https://www.beacon.test/2"),
        ("//m.beacon.test/2", "https://m.beacon.test/2"),
        ("http://169.254.169.254/latest", "http://169.254.169.254/latest"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_redirect_targets(location: str, target: str | None) -> None:
    assert redirect_target(_response(302, location=location)) == target


def test_only_redirects_redirect() -> None:
    assert redirect_target(_response(200, location="/2")) is None
    assert redirect_target(_response(301)) is None
    assert [status for status in (301, 302, 303, 307, 308) if is_permanent(_response(status))] == [301, 308]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("-5", None),
        ("999999999999", 86_400),
        ("9" * 5000, None),
        ("Fri, 20 Nov 2026 12:10:00 GMT", 600),
        ("Fri, 20 Nov 2020 12:10:00 GMT", 1),
        ("Fri, 20 Nov 2099 12:10:00 GMT", 86_400),
        ("later", None),
    ],
)
def test_retry_after(value: str, seconds: int | None) -> None:
    assert retry_after(_response(503, retry_after=value), NOW) == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_validators_are_kept_verbatim_or_not_at_all() -> None:
    assert validators(_response(etag='W/"b"', last_modified="yesterday")) == Validators(etag='W/"b"', last_modified="yesterday")
    assert validators(_response(etag='"ü"')) == Validators()


@pytest.mark.parametrize(
    ("content_type", "body", "kind"),
    [
        ("text/html; charset=utf-8", HTML, ContentKind.HTML),
        ("application/xhtml+xml", b"<?xml version='1.0'?><html>", ContentKind.HTML),
        ("application/xml", b"<?xml version='1.0'?><!DOCTYPE html><html>", ContentKind.HTML),
        ("application/xml", b"<?xml version='1.0'?><rss>", ContentKind.XML),
        ("", b"\xef\xbb\xbf \n<!DOCTYPE HTML><html>", ContentKind.HTML),
        ("text/plain", b"<html><p>", ContentKind.HTML),
        ("text/plain", b"Once upon a time", ContentKind.TEXT),
        ("application/octet-stream", b"<HEAD >", ContentKind.HTML),
        ("text/html", b"%PDF-1.7", ContentKind.PDF),
        ("text/html", b"\x89PNG\r\n\x1a\n\0", ContentKind.IMAGE),
        ("text/html", b"\xff\xfe<\0h\0t\0m\0l\0>\0", ContentKind.HTML),
        ("application/pdf", b"%PDF-1.7", ContentKind.PDF),
        ("image/jpeg", b"\xff\xd8\xff\xe0", ContentKind.IMAGE),
        ("video/mp4", b"\0\0\0\x18ftypmp42", ContentKind.MEDIA),
        ("application/ld+json", b"{}", ContentKind.JSON),
        ("application/zip", b"PK\x03\x04", ContentKind.BINARY),
        ("application/x-thing", b"<html>", ContentKind.BINARY),
        ("text/html", b"", ContentKind.EMPTY),
        ("text/html", b" \r\n\t ", ContentKind.EMPTY),
    ],
)
def test_content_kinds(content_type: str, body: bytes, kind: ContentKind) -> None:
    assert content_kind(_response(body=body, content_type=content_type)) is kind


@pytest.mark.parametrize("status", [200, 203])
def test_a_page_is_a_page(status: int) -> None:
    assert _judge(_response(status, content_type="text/html")) is None


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (_response(401), Outcome.BLOCKED),
        (_response(403), Outcome.BLOCKED),
        (_response(451), Outcome.BLOCKED),
        (_response(503, cf_mitigated="challenge"), Outcome.BLOCKED),
        (_response(202, x_amzn_waf_action="challenge"), Outcome.BLOCKED),
        (_response(402), Outcome.PAYWALLED),
        (_response(404), Outcome.HTTP_GONE),
        (_response(410), Outcome.HTTP_GONE),
        (_response(400), Outcome.HTTP_ERROR),
        (_response(418), Outcome.HTTP_ERROR),
        (_response(300), Outcome.HTTP_ERROR),
        (_response(302), Outcome.HTTP_ERROR),
        (_response(206), Outcome.HTTP_ERROR),
        (_response(101), Outcome.HTTP_ERROR),
        (_response(204, body=b""), Outcome.TOO_SHORT),
        (_response(200, body=b"", content_type="text/html"), Outcome.TOO_SHORT),
        (_response(200, body=b"%PDF-1.4", content_type="application/pdf"), Outcome.NON_HTML),
        (_response(200, body=b"{}", content_type="application/json"), Outcome.NON_HTML),
    ],
)
def test_refusals_have_a_name(response: Response, outcome: Outcome) -> None:
    verdict = _judge(response)
    assert isinstance(verdict, Refused)
    assert verdict.outcome is outcome
    assert verdict.detail


def test_a_429_holds_the_whole_host_and_spends_no_try() -> None:
    verdict = _judge(_response(429, retry_after="3600"))
    assert verdict == Postponed(
        detail="status 429, Retry-After 3600", retry_at=NOW + timedelta(hours=1), spends_try=False, host_until=NOW + timedelta(hours=1)
    )


def test_a_503_speaks_of_its_own_url() -> None:
    verdict = _judge(_response(503, retry_after="3600"))
    assert verdict == Postponed(
        detail="status 503, Retry-After 3600", retry_at=NOW + timedelta(hours=1), spends_try=False, quiet_until=NOW + timedelta(hours=1)
    )


@pytest.mark.parametrize("status", [429, 503])
def test_busy_without_retry_after_waits_all_the_same_and_the_page_longer(status: int) -> None:
    verdict = _judge(_response(status))
    assert isinstance(verdict, Postponed)
    assert not verdict.spends_try
    until = verdict.host_until or verdict.quiet_until
    assert until is not None and NOW < until <= verdict.retry_at


def test_a_page_that_is_always_busy_comes_back_ever_more_rarely_and_not_for_ever() -> None:
    waits = []
    for age in (timedelta(0), timedelta(hours=1), timedelta(days=3)):
        verdict = _judge(_response(503), replace(REQUEST, first_seen_at=NOW - age))
        assert isinstance(verdict, Postponed)
        waits.append(verdict.retry_at - NOW)
    assert waits == sorted(set(waits))
    assert isinstance(_judge(_response(503), replace(REQUEST, first_seen_at=NOW - timedelta(days=8))), Refused)


@pytest.mark.parametrize("status", [500, 502, 504, 520, 599, 408, 425])
def test_server_errors_spend_tries_and_then_refuse(status: int) -> None:
    first = _judge(_response(status))
    assert isinstance(first, Postponed)
    assert first.spends_try and first.host_until is None
    assert first.retry_at == NOW + timedelta(minutes=5)
    last = _judge(_response(status), replace(REQUEST, tries=Settings().max_tries - 1))
    assert last == Refused(outcome=Outcome.HTTP_ERROR, detail=f"status {status}, 6 tries")


def test_the_back_off_grows_and_is_bounded() -> None:
    waits = [back_off(tries, Settings()).total_seconds() for tries in range(40)]
    assert waits[:4] == [300, 900, 2700, 8100]
    assert max(waits) == 86_400


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (UnsafeAddressError("www.beacon.test is 10.0.0.1: private"), Outcome.UNSAFE_URL),
        (UnsafeUrlError("it holds credentials"), Outcome.UNSAFE_URL),
        (BodyTooLargeError("more than 10 bytes sent"), Outcome.BAD_PAGE),
        (BodyUndecodableError("2 stacked content codings"), Outcome.BAD_PAGE),
    ],
)
def test_failures_that_stay(error: DatelineError, outcome: Outcome) -> None:
    verdict = judge_failure(error, REQUEST, NOW, Settings())
    assert isinstance(verdict, Refused)
    assert verdict.outcome is outcome


@pytest.mark.parametrize(
    ("error", "outcome"), [(ExchangeTimeoutError("30 s"), Outcome.TIMEOUT), (ExchangeFailedError("reset"), Outcome.HTTP_ERROR)]
)
def test_failures_that_may_pass_spend_a_try(error: DatelineError, outcome: Outcome) -> None:
    verdict = judge_failure(error, REQUEST, NOW, Settings())
    assert isinstance(verdict, Postponed)
    assert verdict.spends_try
    last = judge_failure(error, replace(REQUEST, tries=5), NOW, Settings())
    assert isinstance(last, Refused)
    assert last.outcome is outcome
