"""Decisions about polls: a table of what came of an exchange, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from pipeline.discover.gaps import PagedBack
from pipeline.discover.polling import Poll, Redirect, decide_poll, request_validators
from pipeline.discover.rhythm import week_of
from pipeline.errors import BodyTooLargeError, ExchangeTimeoutError, FeedUnreadableError, UnsafeAddressError
from pipeline.records import (
    Candidate,
    ChildSitemap,
    DateClaim,
    Endpoint,
    EndpointKind,
    Hints,
    Outcome,
    PollResult,
    Postponed,
    Precision,
    Reading,
    Refused,
    Respect,
    Response,
    Rhythm,
    SourceFacts,
    Validators,
)
from pipeline.settings import Settings

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
SETTINGS = Settings(_env_file=None)
SOURCE = SourceFacts(source_id=1, slug="e", homepage="https://e.org/", language="en", timezone="UTC", respect=Respect.NONE)
KEPT = Validators(etag='"old"', last_modified="Sun, 15 Nov 2026 12:00:00 GMT")
ENDPOINT = Endpoint(
    endpoint_id=1,
    source=SOURCE,
    kind=EndpointKind.RSS,
    url="https://e.org/feed",
    host="e.org",
    validators=KEPT,
    body_sha256=b"x" * 32,
    polls=7,
    failures=0.5,
    publish_rate=1 / 16,
    rate_at=NOW - HOUR,
    rhythm=Rhythm(),
    window=20,
    complete=False,
    archive_url=None,
    hints=Hints(),
    last_ok_at=NOW - HOUR,
    retired=False,
    moved_to=None,
    moved_sightings=0,
)
EQUAL = week_of(Rhythm())
NEW = replace(ENDPOINT, last_ok_at=None, rate_at=None, publish_rate=0.0, failures=0.0, validators=Validators(), body_sha256=None, polls=0)


def response(status: int = 200, body: bytes = b"<rss/>", **headers: str) -> Response:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(
        url="https://e.org/feed", status=status, headers=pairs, body=body, http_version="HTTP/1.1", started_at=NOW, ended_at=NOW, ttfb_ms=1
    )


def entries(count: int, age: timedelta | None = HOUR) -> tuple[Candidate, ...]:
    claim = None if age is None else DateClaim(at=NOW - age, precision=Precision.SECOND)
    return tuple(Candidate(url=f"https://e.org/{n}", published=claim) for n in range(count))


def reading(count: int = 20, **fields: object) -> Reading:
    return replace(Reading(kind=EndpointKind.RSS, candidates=entries(count)), **fields)  # type: ignore[arg-type]  # fields of Reading


def decide(
    answer: object,
    endpoint: Endpoint = ENDPOINT,
    *,
    read: object = None,
    redirect: Redirect | None = None,
    new: int = 0,
    paged: PagedBack | None = None,
) -> PollResult:
    said = {"answer": answer, "reading": read, "redirect": redirect, "new_entries": new, "paged": paged}
    return decide_poll(Poll(endpoint=endpoint, now=NOW, jitter=0.5, **said), SETTINGS)  # type: ignore[arg-type]  # answers of any kind


def wait(result: PollResult) -> timedelta:
    return result.next_poll_at - NOW


# -- answers that are good -----------------------------------------------------------------


def test_a_good_answer() -> None:
    result = decide(response(etag='"new"', body=b"<rss></rss>"), read=reading(20), new=3)
    assert result.ok and result.status == "200, 20 entries, 3 new"
    assert result.validators == Validators(etag='"new"')  # the Last-Modified that this answer lacks is not kept
    assert result.body_sha256 == sha256(b"<rss></rss>").digest()
    assert result.failures == 0.0
    assert result.publish_rate > 1 / 16 and result.rate_at == NOW
    assert len(result.candidates) == 20 and result.beyond_horizon == 0
    assert 15 * MINUTE <= wait(result) <= HOUR


def test_the_kind_that_the_document_really_is_is_kept() -> None:
    assert decide(response(), read=reading(kind=EndpointKind.ATOM)).kind is EndpointKind.ATOM


def test_not_modified_keeps_what_it_does_not_bring() -> None:
    result = decide(response(304, etag='"new"'))
    assert result.ok and result.validators == Validators(etag='"new"', last_modified=KEPT.last_modified)
    assert result.body_sha256 is None and result.candidates == ()
    assert result.publish_rate < 1 / 16


def test_the_same_body_with_new_validators_brings_them() -> None:
    result = decide(response(200, etag='"touched"'), read=None)
    assert result.ok and result.validators == Validators(etag='"touched"')
    same_date = decide(response(200, etag='"new"', last_modified=str(KEPT.last_modified)), read=None)
    assert same_date.ok and same_date.validators == Validators(etag='"new"', last_modified=KEPT.last_modified)


def test_after_a_long_outage_the_next_poll_is_as_far_as_ever() -> None:
    late = replace(ENDPOINT, rate_at=NOW - 30 * DAY, last_ok_at=NOW - 30 * DAY)
    assert wait(decide(response(304), late)) >= 15 * MINUTE
    assert wait(decide(response(), late, read=reading(20), new=20)) >= 5 * MINUTE


def test_a_document_that_breaks_off_leaves_the_validators_alone() -> None:
    result = decide(response(200, etag='"half"'), read=reading(3, broken_off=True), new=3)
    assert result.ok and len(result.candidates) == 3
    assert result.validators is None and result.body_sha256 is None


def test_an_unreadable_document_keeps_the_validators_and_counts_half() -> None:
    result = decide(response(200, etag='"bad"'), read=FeedUnreadableError("it is an HTML page"))
    assert not result.ok and "it is an HTML page" in result.status
    assert result.failures == ENDPOINT.failures + 0.5
    assert result.validators is None and result.body_sha256 is None
    assert result.publish_rate == ENDPOINT.publish_rate


def test_a_first_reading_takes_a_current_list_as_it_is() -> None:
    old = Reading(kind=EndpointKind.RSS, candidates=entries(5, age=30 * DAY))
    assert len(decide(response(), NEW, read=old, new=5).candidates) == 5
    later = decide(response(), read=old, new=0)
    assert (len(later.candidates), later.beyond_horizon) == (0, 5)
    sitemap = replace(old, kind=EndpointKind.SITEMAP)
    assert decide(response(), NEW, read=sitemap, new=5).candidates == ()


def test_expired_feed_is_retired() -> None:
    assert decide(response(), read=reading(expired=True)).retired_reason is not None


def test_children_of_an_index_become_endpoints() -> None:
    index = Reading(
        kind=EndpointKind.SITEMAP_INDEX,
        candidates=(),
        children=(ChildSitemap(kind=EndpointKind.NEWS_SITEMAP, url="https://e.org/news.xml"),),
    )
    result = decide(response(), replace(NEW, kind=EndpointKind.SITEMAP_INDEX), read=index)
    assert [child.url for child in result.children] == ["https://e.org/news.xml"]
    assert result.status == "200, 1 sitemaps, 0 new"


def test_publishers_intervals_are_obeyed() -> None:
    assert wait(decide(response(cache_control="max-age=36000"), read=reading(), new=9)) >= 10 * HOUR
    assert wait(decide(response(304, cache_control="max-age=36000"))) >= 10 * HOUR
    assert wait(decide(response(), read=reading(min_interval_seconds=7200), new=20)) >= 2 * HOUR
    skipping = decide(response(), read=reading(skip_hours=frozenset(range(12, 20)), skip_days=frozenset({1})))
    assert skipping.next_poll_at == datetime(2026, 11, 16, 20, tzinfo=UTC)


def test_what_the_document_asked_for_holds_for_answers_that_bring_none() -> None:
    asked = Hints(min_interval_seconds=7200, skip_hours=frozenset({14, 15}), skip_days=frozenset({5}))
    document = reading(min_interval_seconds=7200, skip_hours=asked.skip_hours, skip_days=asked.skip_days)
    assert decide(response(), read=document).hints == asked
    busy = replace(ENDPOINT, publish_rate=100.0, hints=asked)
    for unchanged in (response(304), response(200)):
        result = decide(unchanged, busy)
        assert result.next_poll_at == datetime(2026, 11, 16, 16, tzinfo=UTC) and result.hints is None
    assert decide(ExchangeTimeoutError("slow"), busy).next_poll_at >= datetime(2026, 11, 16, 16, tzinfo=UTC)


# -- answers that are not -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "weight"),
    [
        (response(404), 1.0),
        (response(400), 1.0),
        (response(403), 0.5),
        (response(401), 0.5),
        (response(451), 0.5),
        (response(500), 0.25),
        (response(502), 0.25),
        (response(408), 0.25),
        (response(429), 0.25),
        (response(503), 0.25),
        (ExchangeTimeoutError("30 s"), 0.25),
        (BodyTooLargeError("10 MB"), 0.5),
        (UnsafeAddressError("10.0.0.1"), 1.0),
        (Refused(outcome=Outcome.ROBOTS, detail="robots.txt disallows it"), 0.5),
    ],
)
def test_failures_and_their_weights(answer: object, weight: float) -> None:
    result = decide(answer)
    assert not result.ok and result.failures == ENDPOINT.failures + weight
    assert result.validators is None and result.body_sha256 is None
    assert (result.publish_rate, result.rate_at) == (ENDPOINT.publish_rate, ENDPOINT.rate_at)
    assert wait(result) >= HOUR  # the usual pace of this endpoint: a failure never speeds it up
    assert result.retired_reason is None


def test_gone_retires() -> None:
    result = decide(response(410))
    assert (result.retired_reason, result.probed) == ("410 Gone", True)
    assert 7 * DAY <= wait(result) <= 8 * DAY
    gone = replace(ENDPOINT, retired=True)
    for answer in (response(404), response(500), ExchangeTimeoutError("slow"), response(410)):
        assert 7 * DAY <= wait(decide(answer, gone)) <= 8 * DAY  # looked at weekly, whatever it answers
    assert decide(response(), gone, read=reading(), new=2).ok


def test_never_given_up_silently() -> None:
    for answer in (response(404), response(403), response(500), ExchangeTimeoutError("x")):
        result = decide(answer, replace(ENDPOINT, failures=400.0))
        assert result.retired_reason is None and wait(result) <= 7.7 * DAY


def test_overload_waits_as_asked_503_for_itself_and_429_for_the_whole_host() -> None:
    result = decide(response(503, retry_after="7200"))
    assert (result.host_until, result.quiet_until) == (None, NOW + 2 * HOUR) and wait(result) >= 2 * HOUR
    dated = decide(response(429, retry_after="Mon, 16 Nov 2026 15:00:00 GMT"))
    assert (dated.host_until, dated.quiet_until) == (NOW + 3 * HOUR, None) and wait(dated) >= 3 * HOUR
    silent = decide(response(429))
    assert silent.host_until is None and wait(silent) >= HOUR


def test_a_forbidden_or_disallowed_endpoint_is_asked_daily_at_the_most() -> None:
    assert wait(decide(Refused(outcome=Outcome.ROBOTS, detail="no"))) >= DAY
    assert wait(decide(response(403), replace(ENDPOINT, failures=50.0))) <= 1.1 * DAY


def test_our_own_trouble_counts_for_nothing() -> None:
    until = NOW + 30 * MINUTE
    result = decide(Postponed(detail="robots.txt unreachable", retry_at=until, spends_try=False, host_until=until))
    assert (result.failures, result.publish_rate) == (ENDPOINT.failures, ENDPOINT.publish_rate)
    assert result.next_poll_at == until and result.host_until == until


# -- redirects ---------------------------------------------------------------------------------


def test_a_permanent_redirect_moves_the_endpoint_after_three_sightings() -> None:
    to = Redirect(target="https://e.org/new-feed", permanent=True)
    endpoint = ENDPOINT
    for sighting in (1, 2, 3):
        result = decide(response(), endpoint, read=reading(), redirect=to)
        assert (result.moved_to, result.moved_sightings) == (to.target, sighting)
        assert result.new_url == (to.target if sighting == 3 else None)
        endpoint = replace(endpoint, moved_to=result.moved_to, moved_sightings=result.moved_sightings)


def test_sightings_start_again_for_another_target_and_end_without_redirect() -> None:
    seen = replace(ENDPOINT, moved_to="https://e.org/x", moved_sightings=2)
    assert decide(response(), seen, read=reading(), redirect=Redirect(target="https://e.org/y", permanent=True)).moved_sightings == 1
    assert decide(response(), seen, read=reading()).moved_sightings == 0
    temporary = decide(response(), seen, read=reading(), redirect=Redirect(target="https://e.org/x", permanent=False))
    assert (temporary.moved_to, temporary.new_url) == (None, None)


def test_failures_in_between_do_not_forget_the_sightings() -> None:
    assert decide(response(500), replace(ENDPOINT, moved_to="https://e.org/x", moved_sightings=2)).moved_sightings == 2


def test_a_redirect_to_another_host_makes_the_target_an_endpoint() -> None:
    to = Redirect(target="https://feeds.e.org/feed", permanent=True)
    first = decide(response(301), redirect=to)
    assert (first.children, first.new_url, first.ok) == ((), None, False)
    second = decide(response(301), replace(ENDPOINT, moved_to=to.target, moved_sightings=1), redirect=to)
    assert [child.url for child in second.children] == [to.target]
    third = decide(response(301), replace(ENDPOINT, moved_to=to.target, moved_sightings=2), redirect=to)
    assert third.new_url == to.target


def test_a_temporary_redirect_to_another_host_keeps_the_endpoint() -> None:
    to = Redirect(target="https://cdn.net/feed", permanent=False)
    result = decide(response(302), replace(ENDPOINT, moved_to=to.target, moved_sightings=9), redirect=to)
    assert result.new_url is None and [child.url for child in result.children] == [to.target]
    assert wait(result) >= 12 * HOUR


# -- requests -------------------------------------------------------------------------------------


def test_every_nth_request_is_unconditional() -> None:
    asked = [request_validators(replace(ENDPOINT, polls=polls), SETTINGS) == KEPT for polls in range(1, 49)]
    assert [n for n, conditional in enumerate(asked, start=1) if not conditional] == [24, 48]
    assert request_validators(replace(ENDPOINT, polls=24), SETTINGS.model_copy(update={"full_get_every": 0})) == KEPT
