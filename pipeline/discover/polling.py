"""Decides what a poll of an endpoint came to and when the next one is due. Pure: facts in, PollResult out.

Failures weigh 1 (hard: gone, unsafe), ½ (soft: forbidden, unreadable) or ¼ (temporary: overload, timeouts), on the scale of
mediacloud/rss-fetcher; a success sets them to 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from pipeline.discover.gaps import PagedBack, find_gap, oldest_entry
from pipeline.discover.headers import freshness, refreshed, retry_after, validators_of
from pipeline.discover.horizon import children_within_horizon, within_horizon
from pipeline.discover.intervals import (
    Pulse,
    back_off,
    first_rate,
    next_interval,
    next_rate,
    outside_skipped,
    publications,
    stated_interval,
)
from pipeline.discover.rhythm import learnt, week_of
from pipeline.errors import BodyTooLargeError, BodyUndecodableError, DatelineError, RetryableError
from pipeline.records import (
    Candidate,
    Endpoint,
    EndpointKind,
    EndpointSpec,
    Gap,
    PollResult,
    Postponed,
    Precision,
    Reading,
    Refused,
    Response,
    Rhythm,
    Validators,
)
from pipeline.redaction import redact
from pipeline.settings import Settings
from pipeline.urls import same_site

HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
_SIGHTINGS_TO_MOVE = 3  # of one permanent target in a row (COURTESY 17)
_SIGHTINGS_TO_ADOPT = 2  # of one target on another host in a row: a target that is new each time is no address
_AFTER_429 = timedelta(hours=1)  # DESIGN 5
_DAILY = timedelta(days=1)
_WEEKLY = timedelta(days=7)  # what is gone is looked at all the same


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Where an endpoint's answer came from, or is to be had, when that is not its own URL."""

    target: str  # normalised
    permanent: bool  # every hop was a 301 or 308


@dataclass(frozen=True, kw_only=True)
class Poll:
    """What came of asking an endpoint, and the circumstances that the decision depends on."""

    endpoint: Endpoint
    answer: Response | Refused | Postponed | DatelineError  # the last response, or why there is none
    reading: Reading | DatelineError | None = None  # of a 200; None: the body is the one at hand (304, or the same hash)
    redirect: Redirect | None = None
    new_entries: int = 0  # candidates of the reading that this endpoint had not shown before
    paged: PagedBack | None = None  # older pages of the feed, read where it left a gap
    now: datetime
    jitter: float  # [0, 1)


def request_validators(endpoint: Endpoint, settings: Settings) -> Validators:
    """What to ask with: the validators at hand, or none on every n-th poll (some servers keep one ETag for changed feeds)."""
    every = settings.full_get_every
    return Validators() if every and endpoint.polls and endpoint.polls % every == 0 else endpoint.validators


def wanted(endpoint: Endpoint, reading: Reading, now: datetime, settings: Settings) -> tuple[Candidate, ...]:
    """The candidates of a reading that are to be queued: those within the horizon; of a current list's first read, all."""
    if endpoint.last_ok_at is None and reading.kind is not EndpointKind.SITEMAP:
        return reading.candidates
    return tuple(candidate for candidate in reading.candidates if within_horizon(candidate, reading.kind, now, settings))


def decide_poll(poll: Poll, settings: Settings) -> PollResult:
    """What is to be stored of a poll: never an exception, always a next date or a reason to retire."""
    answer = poll.answer
    if isinstance(answer, Postponed):
        return _waits(poll, answer)
    if isinstance(answer, Refused):
        return _failed(poll, SOFT, answer.detail, settings, at_least=_DAILY)
    if isinstance(answer, DatelineError):
        return _failed(poll, _weight(answer), str(answer), settings)
    if answer.status == 304:
        return _unchanged(poll, answer, refreshed(poll.endpoint.validators, answer), settings)
    if 200 <= answer.status < 300:
        return _answered(poll, answer, settings)
    if 300 <= answer.status < 400 and poll.redirect is not None:
        return _redirected_away(poll, answer, poll.redirect, settings)
    return _refused_by_status(poll, answer, settings)


# -- answers -----------------------------------------------------------------------------------


def _answered(poll: Poll, response: Response, settings: Settings) -> PollResult:
    if isinstance(poll.reading, DatelineError):
        return _failed(poll, SOFT, f"{response.status}, {poll.reading}", settings)
    if poll.reading is None:
        return _unchanged(poll, response, validators_of(response), settings)
    endpoint, reading, now = poll.endpoint, poll.reading, poll.now
    older = poll.paged.candidates if poll.paged is not None else ()
    candidates = (*wanted(endpoint, reading, now, settings), *older)
    window = len(reading.candidates)
    gap = _gap(poll, reading)
    rate, rhythm = _learnt(endpoint, replace(reading, candidates=candidates), poll.new_entries + (gap.recovered if gap else 0), now)
    pushed_full = window and poll.new_entries >= window and not reading.complete
    overflowed = now - endpoint.rate_at if endpoint.rate_at and pushed_full else None
    pulse = Pulse(rate=rate, week=week_of(rhythm), kind=reading.kind, window=None if reading.complete else window)
    stated = stated_interval(reading.hints, freshness(response))
    interval = next_interval(pulse, now, stated=stated, overflowed=overflowed, settings=settings, jitter=poll.jitter)
    whole = not reading.broken_off
    result = PollResult(
        endpoint=endpoint,
        polled_at=now,
        next_poll_at=outside_skipped(now + interval, reading.hints),
        status=_status_of_reading(response, reading, poll.new_entries) + (", a gap before them" if gap else ""),
        ok=True,
        candidates=candidates,
        children=_new_children(endpoint, reading, now, settings),
        beyond_horizon=window + len(older) - len(candidates),
        kind=reading.kind,
        validators=validators_of(response) if whole else None,
        body_sha256=sha256(response.body).digest() if whole else None,
        publish_rate=rate,
        rate_at=now,
        rhythm=rhythm,
        window=window,
        hints=reading.hints,
        fresh_until=now + stated,
        oldest_entry_at=oldest_entry(reading.candidates),
        gap=gap,
        complete=reading.complete,
        listed=tuple(candidate.url for candidate in reading.candidates) if reading.complete and whole else None,
        archive_url=poll.paged.archive_url if poll.paged is not None else None,
        retired_reason=_end_of(endpoint, reading),
    )
    return _with_redirect(result, poll.redirect)


def _gap(poll: Poll, reading: Reading) -> Gap | None:
    gap, paged = find_gap(poll.endpoint, reading, poll.new_entries, poll.now), poll.paged
    return gap if gap is None or paged is None else replace(gap, healed=paged.whole, recovered=paged.new_entries)


def _learnt(endpoint: Endpoint, reading: Reading, new_entries: int, now: datetime) -> tuple[float, Rhythm]:
    """The rate and rhythm after a document was read."""
    if endpoint.last_ok_at is None or endpoint.rate_at is None:
        claims = [candidate.published for candidate in reading.candidates]
        printed = [claim.at for claim in claims if claim is not None and claim.precision is not Precision.DAY and claim.at <= now]
        return first_rate(reading.candidates, now), learnt(Rhythm(), min(printed, default=now), now, printed)
    since = endpoint.rate_at
    published = publications(reading.candidates, new_entries, since, now)
    rate = next_rate(endpoint.publish_rate, since, new_entries, now, week_of(endpoint.rhythm))
    return rate, learnt(endpoint.rhythm, since, now, published)


def _status_of_reading(response: Response, reading: Reading, new_entries: int) -> str:
    counted = f"{len(reading.children)} sitemaps" if reading.kind is EndpointKind.SITEMAP_INDEX else f"{len(reading.candidates)} entries"
    return f"{response.status}, {counted}, {new_entries} new" + (", breaks off" if reading.broken_off else "")


def _new_children(endpoint: Endpoint, reading: Reading, now: datetime, settings: Settings) -> tuple[EndpointSpec, ...]:
    """The endpoints to be polled that a document names."""
    if (current := _feed_that_goes_on(endpoint, reading)) is not None:
        return (EndpointSpec(kind=reading.kind, url=current),)
    return tuple(EndpointSpec(kind=child.kind, url=child.url) for child in children_within_horizon(reading.children, now, settings))


def _feed_that_goes_on(endpoint: Endpoint, reading: Reading) -> str | None:
    """Of an archived document (RFC 5005), which never changes: the feed to poll in its place, of the same site; None for any other."""
    current = reading.current_url
    return current if current is not None and current != endpoint.url and same_site(current, endpoint.url) else None


def _end_of(endpoint: Endpoint, reading: Reading) -> str | None:
    """Why a document is not asked for again."""
    if _feed_that_goes_on(endpoint, reading) is not None:
        return "an archived document, which never changes; its feed is polled in its place"
    return "the feed says that it has ended" if reading.expired else None


def _window_of(endpoint: Endpoint) -> int | None:
    """The entries of its document, where they push each other out."""
    return None if endpoint.complete else endpoint.window


def _unchanged(poll: Poll, response: Response, validators: Validators, settings: Settings) -> PollResult:
    endpoint, now = poll.endpoint, poll.now
    rate = next_rate(endpoint.publish_rate, endpoint.rate_at, 0, now, week_of(endpoint.rhythm))
    rhythm = learnt(endpoint.rhythm, endpoint.rate_at, now, ()) if endpoint.rate_at is not None else endpoint.rhythm
    pulse = Pulse(rate=rate, week=week_of(rhythm), kind=endpoint.kind, window=_window_of(endpoint))
    stated = stated_interval(endpoint.hints, freshness(response))
    interval = next_interval(pulse, now, stated=stated, overflowed=None, settings=settings, jitter=poll.jitter)
    result = PollResult(
        endpoint=endpoint,
        polled_at=now,
        next_poll_at=outside_skipped(now + interval, endpoint.hints),
        status=f"{response.status}, unchanged",
        ok=True,
        validators=validators,
        publish_rate=rate,
        rate_at=now,
        rhythm=rhythm,
        fresh_until=now + stated,
    )
    return _with_redirect(result, poll.redirect)


def _refused_by_status(poll: Poll, response: Response, settings: Settings) -> PollResult:
    status, asked = response.status, retry_after(response, poll.now)
    if status == 410:
        return _failed(poll, HARD, "410", settings, retired_reason="410 Gone")
    if status in (429, 503):
        least = max(asked or timedelta(0), _AFTER_429 if status == 429 else timedelta(0))
        waits = f"{status}, Retry-After {int(asked.total_seconds())} s" if asked else str(status)
        until = poll.now + asked if asked else None
        result = _failed(poll, TEMPORARY, waits, settings, at_least=least)
        return replace(result, host_until=until) if status == 429 else replace(result, quiet_until=until)
    if status in (401, 403, 451):
        return _failed(poll, SOFT, str(status), settings)
    return _failed(poll, TEMPORARY if status >= 500 or status in (408, 425) else HARD, str(status), settings)


# -- failures --------------------------------------------------------------------------------------


def _waits(poll: Poll, postponed: Postponed) -> PollResult:
    """Our own trouble, or a robots.txt that can't be read: nothing is held against the endpoint."""
    return replace(
        _as_before(poll.endpoint, poll.now),
        next_poll_at=postponed.retry_at,
        status=postponed.detail,
        host_until=postponed.host_until,
        quiet_until=postponed.quiet_until,
    )


def _failed(
    poll: Poll,
    weight: float,
    status: str,
    settings: Settings,
    *,
    at_least: timedelta = timedelta(0),
    retired_reason: str | None = None,
) -> PollResult:
    endpoint = poll.endpoint
    failures = endpoint.failures + weight
    interval = max(back_off(failures, weight, settings), at_least)
    if endpoint.retired or retired_reason is not None:
        interval = max(interval, _WEEKLY)
    if endpoint.last_ok_at is not None:  # a failure never speeds an endpoint up
        pulse = Pulse(rate=endpoint.publish_rate, week=week_of(endpoint.rhythm), kind=endpoint.kind, window=_window_of(endpoint))
        usual = next_interval(
            pulse, poll.now, stated=stated_interval(endpoint.hints, timedelta(0)), overflowed=None, settings=settings, jitter=0.5
        )
        interval = max(interval, usual)
    return replace(
        _as_before(endpoint, poll.now),
        next_poll_at=outside_skipped(poll.now + interval * (1 + 0.1 * poll.jitter), endpoint.hints),
        status=status,
        failures=failures,
        retired_reason=retired_reason,
        probed=retired_reason is not None,
    )


def _weight(error: DatelineError) -> float:
    if isinstance(error, RetryableError):
        return TEMPORARY
    return SOFT if isinstance(error, BodyTooLargeError | BodyUndecodableError) else HARD


def _as_before(endpoint: Endpoint, now: datetime) -> PollResult:
    """A result that changes nothing that is known of the endpoint."""
    return PollResult(
        endpoint=endpoint,
        polled_at=now,
        next_poll_at=now,
        status="",
        ok=False,
        failures=endpoint.failures,
        publish_rate=endpoint.publish_rate,
        rate_at=endpoint.rate_at,
        rhythm=endpoint.rhythm,
        moved_to=endpoint.moved_to,
        moved_sightings=endpoint.moved_sightings,
    )


# -- redirects -------------------------------------------------------------------------------------


def _sightings(endpoint: Endpoint, redirect: Redirect) -> int:
    """How often in a row this target has been seen, this time included."""
    return endpoint.moved_sightings + 1 if endpoint.moved_to == redirect.target else 1


def _with_redirect(result: PollResult, redirect: Redirect | None) -> PollResult:
    """The result of a poll that was answered, after redirects on the endpoint's host or none: lasting permanent ones move the endpoint."""
    if redirect is None or not redirect.permanent:
        return result
    sightings = _sightings(result.endpoint, redirect)
    new_url = redirect.target if sightings >= _SIGHTINGS_TO_MOVE else None
    return replace(result, moved_to=redirect.target, moved_sightings=sightings, new_url=new_url)


def _redirected_away(poll: Poll, response: Response, redirect: Redirect, settings: Settings) -> PollResult:
    """The answer lies on another host, which this lease doesn't cover.

    The target is asked under its own host's lease: seen twice in a row it becomes an endpoint of the same source; seen three times and
    permanent, it takes this one's place. A temporary one leaves this endpoint as it is, to be looked at again as seldom as a quiet one.
    """
    endpoint = poll.endpoint
    sightings = _sightings(endpoint, redirect)
    adopted = sightings >= _SIGHTINGS_TO_ADOPT
    seldom = adopted and not redirect.permanent
    interval = timedelta(seconds=settings.poll_ceiling_seconds if seldom else settings.poll_floor_seconds)
    return replace(
        _as_before(endpoint, poll.now),
        next_poll_at=poll.now + interval * (1 + 0.1 * poll.jitter),
        status=f"{response.status}, to {redact(redirect.target)[:200]}",
        children=(EndpointSpec(kind=endpoint.kind, url=redirect.target),) if adopted else (),
        failures=endpoint.failures if adopted else endpoint.failures + TEMPORARY,
        moved_to=redirect.target,
        moved_sightings=sightings,
        new_url=redirect.target if redirect.permanent and sightings >= _SIGHTINGS_TO_MOVE else None,
    )
